/**
 * What of the documents that a run leaves must be equal whatever happened on the way.
 */

/** A document with its id. */
export interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly _source: Record<string, unknown>;
}

/** Every document of a run that says when it was written, or how often, and not what was found. */
const OF_WRITING = [
  'event.created',
  'event.ingested',
  'elkhound.revision',
  'elkhound.previous_score',
  'elkhound.took_ms',
  'elkhound.epoch',
];

/**
 * What rests on the sums of a trailing day too: what comes late is never added to these, so that windows after
 * those that are read again measure a little less than where nothing came late, and their scores differ in the
 * fourth digit. Severity, reason, evidence and the leading measure have to be equal all the same.
 */
const OF_TRAILING_DAY = [
  'elkhound.contributions',
  'elkhound.detectors',
  'elkhound.grade',
  'elkhound.score',
  'elkhound.scores.baseline',
];

/** An anomaly without what tells of the writing, and of the episode that it was counted to. */
export function contentOf({ _source }: Hit, isReadAgain: boolean): string {
  const flat = flatten(_source);
  for (const path of [...OF_WRITING, 'elkhound.episode', ...(isReadAgain ? OF_TRAILING_DAY : [])])
    flat.delete(path);
  return JSON.stringify([...flat].sort());
}

/** Status and counts of a window. */
export function accountOf({ _source }: Hit, isReadAgain: boolean): string {
  const flat = flatten(_source);
  const fields = [
    'event.start',
    'elkhound.status',
    'elkhound.counted',
    'elkhound.records.read',
    'elkhound.anomalies',
    ...(isReadAgain ? [] : ['elkhound.late']),
    'elkhound.missed',
  ];
  return JSON.stringify(fields.map((path) => flat.get(path) ?? null));
}

function flatten(value: object, prefix = '', into = new Map<string, unknown>()): Map<string, unknown> {
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) {
      flatten(inner as object, `${prefix}${key}.`, into);
    } else into.set(`${prefix}${key}`, inner);
  }
  return into;
}
