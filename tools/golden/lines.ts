/**
 * Findings as lines of text that are equal where the findings are.
 */

/** What came of one input. */
export interface Findings {
  readonly name: string;
  /** Documents; their order says nothing. */
  readonly documents: readonly unknown[];
}

/** Keys that tell of the writing, or of the model's identity, and not of what was found. */
const OF_WRITING = new Set([
  'created',
  'ingested',
  'revision',
  'previous_score',
  'previousScore',
  'took_ms',
  'tookMs',
  'lag_ms',
  'lagMs',
  'epoch',
  'recordedAt',
  'recorded_at',
  'model',
  'modelId',
  'createdAt',
  'updatedAt',
  'updated',
]);
const DIGITS = 9;

/** The documents as sorted lines: keys in order, numbers to nine digits after the point. */
export function linesOf({ documents }: Findings): string[] {
  return documents.map((document) => `${JSON.stringify(canonical(document))}\n`).sort();
}

function canonical(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toFixed(DIGITS));
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([key]) => !OF_WRITING.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
