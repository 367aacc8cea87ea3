/**
 * What a window adds to the trailing state, as text: a state can be rebuilt as it stood before any
 * window, without the events that made it.
 */
import { decode, encode } from '../domain/typed-arrays.js';
import { SETS, type CountMeasure, type RoleSummary, type SetMeasure } from './history.js';
import { COUNTS } from './history-columns.js';

/** Serialized form of a {@link RoleSummary}; arrays as base64. */
export interface SummaryText {
  readonly size: number;
  readonly identities: string;
  /** Without those that are 0 for everybody, and those that the version that wrote it did not know. */
  readonly counts: Readonly<Partial<Record<CountMeasure, string>>>;
  readonly loginSuccesses: string;
  readonly sets: Readonly<Partial<Record<SetMeasure, { readonly starts: string; readonly values: string }>>>;
}

/** Counts of one window are whole numbers, and are kept as 32 bits. */
const toCounts = (values: Float64Array): string => encode(Int32Array.from(values));
const fromCounts = (text: string): Float64Array => Float64Array.from(decode(text, Int32Array));

/** Bytes can be more than 32 bits hold, or unknown; most sources send none to the outside. */
function textOf(name: CountMeasure, values: Float64Array): [CountMeasure, string][] {
  if (name !== 'bytesOut') return [[name, toCounts(values)]];
  return values.every((bytes) => bytes === 0) ? [] : [[name, encode(values)]];
}

function valuesOf(name: CountMeasure, text: string | undefined, size: number): Float64Array {
  if (text === undefined) return new Float64Array(size);
  return name === 'bytesOut' ? decode(text, Float64Array) : fromCounts(text);
}

/** The text of a summary. */
export function toSummaryText({ size, identities, counts, loginSuccesses, sets }: RoleSummary): SummaryText {
  const texts = SETS.flatMap((name) => {
    const members = sets[name];
    return members ? [[name, { starts: encode(members.starts), values: encode(members.values) }]] : [];
  });
  return {
    size,
    identities: encode(identities),
    counts: Object.fromEntries(COUNTS.flatMap((name) => textOf(name, counts[name]))),
    loginSuccesses: toCounts(loginSuccesses),
    sets: Object.fromEntries(texts) as SummaryText['sets'],
  };
}

/** The summary of a text. */
export function fromSummaryText({
  size,
  identities,
  counts,
  loginSuccesses,
  sets,
}: SummaryText): RoleSummary {
  const members = SETS.flatMap((name) => {
    const text = sets[name];
    if (!text) return [];
    return [[name, { starts: decode(text.starts, Int32Array), values: decode(text.values, Int32Array) }]];
  });
  return {
    size,
    identities: decode(identities, Int32Array),
    counts: Object.fromEntries(
      COUNTS.map((name) => [name, valuesOf(name, counts[name], size)]),
    ) as unknown as RoleSummary['counts'],
    loginSuccesses: fromCounts(loginSuccesses),
    sets: Object.fromEntries(members) as RoleSummary['sets'],
  };
}
