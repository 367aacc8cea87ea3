/**
 * What share of the logs becomes events, and why the rest does not.
 */
import { total } from '../../../domain/coverage.js';
import type { Finding } from '../../finding.js';
import { guessNames, isAboutNetwork } from './guess-names.js';
import { groupedBy, rangeText, sourcesText } from './listed.js';
import { valuesOf } from './sample-values.js';
import type { SampledExamination, SourceSample } from './sample.js';

const CHECK = 'events';
/** Below this share a source counts as not understood. */
const ENOUGH = 0.5;
const SHOWN = 3;

/** Reasons that say that a document is not understood; others leave it out on purpose. */
const NOT_UNDERSTOOD: ReadonlySet<string> = new Set(['unsupported_type', 'no_timestamp', 'empty']);

/** What the reasons mean, for those who see them first here. */
const MEANINGS: Readonly<Record<string, string>> = {
  unsupported_type: 'names neither source.ip, destination.ip nor user.name',
  no_timestamp: 'has no time',
  no_time: 'has a time that cannot be read',
  absurd_time: 'has a time that cannot be true',
  bad_address: 'has an address that is none',
  bad_number: 'has a count that is no number',
  bad_port: 'has a port that is none',
  value_not_indexed: 'has values that its index could not take; they are read from the document',
  end_not_a_date: 'is of an index that maps event.end as no date; @timestamp decides',
  nested_fields: 'has nested fields, which no search or filter finds',
  no_fields: 'is kept without its _source, so that nothing of it can be read',
  multiple_values: 'has several values in a field for one; the first is taken',
};

/** Understood: what became events, and repetitions of these. Of what was left out on purpose nothing is said. */
export async function examineUnderstood(examination: SampledExamination): Promise<Finding[]> {
  const { samples } = examination;
  const documents = samples.reduce((sum, sample) => sum + sample.documents, 0);
  const used = samples.reduce((sum, sample) => sum + shareOf(sample) * sample.documents, 0);
  const poor = await notUnderstood(examination);
  const findings = [...irregular(samples), ...ignored(examination)];
  if (used === 0 && documents > 0) {
    // Without one event there is nothing to detect in, whatever the logs are about.
    return [...poor.map((one): Finding => ({ ...one, status: 'failure' })), ...findings];
  }
  const message = `${percent(documents === 0 ? 0 : used / documents)} of the documents become events (by samples of ${listOf(samples)})`;
  return [{ check: CHECK, status: 'ok', message }, ...poor, ...findings];
}

/** Share of a sample that is understood. */
export function shareOf({ coverage, hits }: SourceSample): number {
  if (hits.length === 0) return 1;
  const bad =
    total(coverage.quarantined) +
    Object.entries(coverage.filtered)
      .filter(([reason]) => NOT_UNDERSTOOD.has(reason))
      .reduce((sum, [, count]) => sum + count, 0);
  return 1 - bad / hits.length;
}

/** What is not understood: each source that should be, and those together that may be of no use. */
async function notUnderstood(examination: SampledExamination): Promise<Finding[]> {
  const failures: Finding[] = [];
  const useless: SourceSample[] = [];
  for (const sample of examination.samples) {
    if (shareOf(sample) >= ENOUGH) continue;
    const failure = await failureOf(examination, sample);
    if (failure === undefined) useless.push(sample);
    else failures.push(failure);
  }
  const kindOf = (sample: SourceSample): string =>
    `${String(sample.dataset === undefined)} ${reasonsOf([sample], false)}`;
  const warnings = groupedBy(useless, kindOf).map((alike): Finding => ({
    check: CHECK,
    status: 'warning',
    message: messageOf(alike),
    remedy: withoutThem(alike),
  }));
  return [...failures, ...warnings];
}

/** Undefined where it may well be that nothing in it is of use. */
async function failureOf(
  examination: SampledExamination,
  sample: SourceSample,
): Promise<Finding | undefined> {
  const message = messageOf([sample]);
  const values = await valuesOf(examination, sample.hits);
  if (!values.hasSource) {
    const remedy =
      'index it with _source: where it is off ("_source": {"enabled": false}) a document cannot be read';
    return { check: CHECK, status: 'failure', message: `${message}; the index keeps no _source`, remedy };
  }
  const names = guessNames(values);
  if (isAboutNetwork(names)) {
    const found = Object.entries(names)
      .slice(0, SHOWN)
      .map(([field, called = '']) => `${field}: ${called}`);
    const remedy = `if ${found.join(', ')} is right, say so under elasticsearch.fields; "elkhound doctor --propose" prints a job with it`;
    return { check: CHECK, status: 'failure', message, remedy };
  }
  // Where only some of it is not understood, or for another reason than that it names nobody, something is wrong.
  if (Object.keys(sample.coverage.quarantined).length === 0) return undefined;
  return { check: CHECK, status: 'failure', message, remedy: withoutThem([sample]) };
}

function messageOf(samples: readonly SourceSample[]): string {
  const shares = rangeText(samples.map(shareOf), percent);
  return `${shares} of ${namesOf(samples)} become events: of ${String(sampled(samples))} sampled documents ${reasonsOf(samples)}`;
}

function withoutThem(samples: readonly SourceSample[]): string {
  const [patterns, datasets] = [
    samples.map(({ name }) => `"-${name}*"`).join(', '),
    samples.map(({ dataset }) => `"${dataset!}"`),
  ];
  const asked = datasets.length === 1 ? datasets[0]! : `(${datasets.join(' or ')})`;
  const how =
    samples[0]!.dataset === undefined
      ? `leave it out of elasticsearch.indices (${patterns})`
      : `leave it out by elasticsearch.filter: 'not event.dataset: ${asked}'`;
  return `if it tells of no hosts or users, ${how}; else say under elasticsearch.fields what its fields are called`;
}

/** `40 names neither …, 3 has no time`, of all of them together. */
function reasonsOf(samples: readonly SourceSample[], isCounted = true): string {
  const counts = new Map<string, number>();
  for (const { coverage } of samples) {
    const filtered = Object.entries(coverage.filtered).filter(([reason]) => NOT_UNDERSTOOD.has(reason));
    for (const [reason, count] of [...filtered, ...Object.entries(coverage.quarantined)])
      counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([reason, count]) => (isCounted ? `${String(count)} ${describe(reason)}` : reason))
    .join(', ');
}

/** What is used although something about it is not as it should be: one finding for each kind. */
function irregular(samples: readonly SourceSample[]): Finding[] {
  const found = samples.flatMap((sample) =>
    Object.entries(sample.coverage.irregular ?? {})
      .filter(([reason]) => reason !== 'value_not_indexed')
      .filter(([, count]) => count >= ENOUGH * sample.hits.length)
      .map(([reason, count]) => ({ sample, reason, count })),
  );
  return groupedBy(found, ({ reason }) => reason).map((alike): Finding => {
    const those = alike.map(({ sample }) => sample);
    const count = alike.reduce((sum, one) => sum + one.count, 0);
    const message = `${String(count)} of ${String(sampled(those))} sampled documents of ${namesOf(those)}: each ${describe(alike[0]!.reason)}`;
    const remedy = 'correct it in the pipeline or integration that ships these logs, or in the mapping';
    return { check: CHECK, status: 'warning', message, remedy };
  });
}

/** Fields that are read and that an index keeps out of its mapping: one finding for each choice of them. */
function ignored({ samples, fields: read, selection: { names } }: SampledExamination): Finding[] {
  const wanted = read.map(names.inLogs);
  const found = samples.flatMap((sample) => {
    const fields = ignoredIn(sample, wanted);
    return fields.length === 0 ? [] : [{ sample, fields, count: fields[0]![1] }];
  });
  const nameOf = (fields: readonly (readonly [string, number])[]): string =>
    fields.map(([field]) => field).join(', ');
  return groupedBy(found, ({ fields }) => nameOf(fields)).map((alike): Finding => {
    const those = alike.map(({ sample }) => sample);
    const count = alike.reduce((sum, one) => sum + one.count, 0);
    const message = `an index of ${namesOf(those)} keeps ${nameOf(alike[0]!.fields)} out of its mapping (_ignored) in ${String(count)} of ${String(sampled(those))} sampled documents: no search or filter finds them`;
    const remedy =
      'raise index.mapping.total_fields.limit, or map the fields as ECS does, and roll the index over';
    return { check: CHECK, status: 'warning', message, remedy };
  });
}

/** The most frequent ones, each with how many documents have it ignored. */
function ignoredIn({ hits }: SourceSample, wanted: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  const isWanted = (field: string): boolean =>
    wanted.some((one) => one === field || one.startsWith(`${field}.`));
  for (const field of hits.flatMap(({ _ignored = [] }) => _ignored).filter(isWanted))
    counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
}

function namesOf(samples: readonly SourceSample[]): string {
  return sourcesText(samples.map(({ name }) => name));
}

function sampled(samples: readonly SourceSample[]): number {
  return samples.reduce((sum, { hits }) => sum + hits.length, 0);
}

function describe(reason: string): string {
  const meaning = MEANINGS[reason];
  return meaning === undefined ? reason : `${meaning} (${reason})`;
}

function listOf(samples: readonly SourceSample[]): string {
  return samples.map((sample) => `${sample.name} ${percent(shareOf(sample))}`).join(', ');
}

function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? '<1' : String(Math.floor(100 * share))} %`;
}
