/**
 * The entries of a journal as texts of bounded size: a store takes no document without end, and a
 * language no string.
 */
import { gunzipSync } from 'node:zlib';
import type { EpisodeState } from '../decide/episodes.js';
import { AppError } from '../domain/error.js';
import type { Window } from '../domain/window.js';
import type { JournalEntry, Segment } from './past-states.js';

/** An entry, or a part of one, as it is stored. */
export interface EntryText {
  readonly window: Window;
  readonly text: string;
}

/** A segment with what it holds. */
export interface SegmentText {
  readonly segment: Segment;
  readonly text: string;
}

/**
 * The entry as texts that are no longer than a bound, as far as what one site adds and one episode allow.
 * @param maxChars characters of a text
 */
export function textsOf(entry: JournalEntry, maxChars: number): EntryText[] {
  const { window, advances, episodes, closed } = entry;
  const texts = [...advances, ...episodes].map((one) => JSON.stringify(one));
  if (texts.reduce((sum, { length }) => sum + length, 0) <= maxChars) {
    return [{ window, text: JSON.stringify(entry) }];
  }
  const parts: JournalEntry[] = advances.map((advance) => ({ ...EMPTY, window, advances: [advance] }));
  const lengths = texts.slice(advances.length).map(({ length }) => length);
  for (const some of chunked(episodes, lengths, maxChars)) {
    parts.push({ ...EMPTY, window, episodes: some });
  }
  const last: JournalEntry = { ...EMPTY, window, ...(closed ? { closed } : {}) };
  return [...parts.map((part): JournalEntry => ({ ...part, isPart: true })), last].map((part) => ({
    window,
    text: JSON.stringify(part),
  }));
}

const EMPTY = { advances: [], episodes: [], closed: [] } as const;

function* chunked(
  episodes: EpisodeState,
  lengths: readonly number[],
  maxChars: number,
): Generator<EpisodeState> {
  let from = 0;
  let chars = 0;
  for (let at = 0; at < episodes.length; at++) {
    if (at > from && chars + lengths[at]! > maxChars) {
      yield episodes.slice(from, at);
      from = at;
      chars = 0;
    }
    chars += lengths[at]!;
  }
  if (from < episodes.length) yield episodes.slice(from);
}

/** Texts as segments that are no longer than a bound, in their order. */
export function segmentsOf(texts: readonly EntryText[], maxChars: number): SegmentText[] {
  const groups: EntryText[][] = [];
  let chars = 0;
  for (const one of texts) {
    if (groups.length === 0 || chars + one.text.length > maxChars) {
      groups.push([]);
      chars = 0;
    }
    groups.at(-1)!.push(one);
    chars += one.text.length;
  }
  const begun = new Map<number, number>();
  return groups.map((group) => {
    const { start } = group[0]!.window;
    const part = begun.get(start) ?? 0;
    begun.set(start, part + 1);
    return {
      segment: { start, end: group.at(-1)!.window.end, ...(part > 0 ? { part } : {}) },
      text: `[${group.map(({ text }) => text).join()}]`,
    };
  });
}

/** A part of a state is there but cannot be read, or is not there although the head names it. */
export class DamagedState extends AppError {
  constructor(key: string, cause?: unknown) {
    super('unsupported_schema', `the state "${key}" cannot be read`, { cause });
  }
}

/** What a stored text of a state says. @throws DamagedState where it is not what was written */
export function parsedState(key: string, value: string): unknown {
  try {
    return JSON.parse(gunzipSync(Buffer.from(value, 'base64')).toString('utf8'));
  } catch (error) {
    throw new DamagedState(key, error);
  }
}
