/**
 * The head of a journal: which parts there are, in which version of the format.
 */
import type { EpisodeState } from '../decide/episodes.js';
import { AppError } from '../domain/error.js';
import type { Segment } from './past-states.js';

/** Version of the head and all that it names; a newer one is refused. */
export const JOURNAL_VERSION = 5;
/** Its entries hold all open episodes after their window, and are otherwise the same. */
const WHOLE_EPISODES_VERSION = 4;
/** Before it, a job had one state, whole, under the same key. */
export const CHECKPOINT_VERSION = 3;

/** What the head of every version says. */
export interface VersionedHead {
  readonly version: number;
  readonly asOfMs: number;
}

/** The whole state as version 3 kept it. */
export interface Checkpoint extends VersionedHead, Snapshot {
  readonly model: string;
}

/** Names all parts of a job's state; what it does not name is none. */
export interface Head {
  readonly version: number;
  readonly asOfMs: number;
  /** Which model has scored the windows from when on, oldest first. */
  readonly models: readonly { readonly id: string; readonly fromMs: number }[];
  /** How long the windows of the state are; absent in what the first versions wrote. */
  readonly windows?: { readonly lengthMs: number };
  /** Times of the snapshots, oldest first. */
  readonly snapshots: readonly number[];
  /** The segments of entries, oldest first. */
  readonly segments: readonly Segment[];
}

/** A whole state as text. */
export interface Snapshot {
  readonly engines: string;
  readonly episodes: EpisodeState;
}

/** A head or checkpoint of some version. @throws AppError `unsupported_schema` for a newer one */
export function readVersioned(text: string, job: string): VersionedHead {
  const head = JSON.parse(text) as VersionedHead;
  if (head.version <= JOURNAL_VERSION) return head;
  throw new AppError(
    'unsupported_schema',
    `the checkpoint of job ${job} was written by a newer elkhound (version ${String(head.version)}, this one knows ${String(JOURNAL_VERSION)}): install that version or a later one, or give the job another name`,
  );
}

/** Whether it is of this version, or of one that reads the same. */
export function isCurrent(head: VersionedHead): head is Head {
  return head.version === JOURNAL_VERSION || head.version === WHOLE_EPISODES_VERSION;
}
