/**
 * What share of the logs becomes events, and why the rest does not.
 */
import { total } from '../../../domain/coverage.js';
import type { Finding } from '../../finding.js';
import { guessNames, isAboutNetwork } from './guess-names.js';
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
  const findings: Finding[] = [];
  let documents = 0;
  let used = 0;
  for (const sample of samples) {
    const share = shareOf(sample);
    documents += sample.documents;
    used += share * sample.documents;
    if (share < ENOUGH) findings.push(await notUnderstood(examination, sample, share));
    findings.push(...irregular(examination, sample));
  }
  const summary = `${percent(documents === 0 ? 0 : used / documents)} of the documents become events (by samples of ${listOf(samples)})`;
  if (used === 0 && documents > 0) {
    // Without one event there is nothing to detect in, whatever the logs are about.
    return findings.map((one) => (isPoor(one) ? { ...one, status: 'failure' } : one));
  }
  return [{ check: CHECK, status: 'ok', message: summary }, ...findings];
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

function isPoor({ message }: Finding): boolean {
  return message.includes(' become events: ');
}

async function notUnderstood(
  examination: SampledExamination,
  sample: SourceSample,
  share: number,
): Promise<Finding> {
  const { name, hits } = sample;
  const message = `${percent(share)} of ${name} become events: of ${String(hits.length)} sampled documents ${reasonsOf(sample)}`;
  const values = await valuesOf(examination, hits);
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
  const remedy =
    sample.dataset === undefined
      ? `if it tells of no hosts or users, leave it out of elasticsearch.indices ("-${name}*"); else say under elasticsearch.fields what its fields are called`
      : `if it tells of no hosts or users, leave it out by elasticsearch.filter: 'not event.dataset: "${sample.dataset}"'; else say under elasticsearch.fields what its fields are called`;
  // Where only some of it is not understood, or for another reason than that it names nobody, something is wrong.
  const named = Object.keys(sample.coverage.quarantined).length > 0;
  return { check: CHECK, status: named ? 'failure' : 'warning', message, remedy };
}

function reasonsOf({ coverage }: SourceSample): string {
  const filtered = Object.entries(coverage.filtered).filter(([reason]) => NOT_UNDERSTOOD.has(reason));
  return [...filtered, ...Object.entries(coverage.quarantined)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([reason, count]) => `${String(count)} ${describe(reason)}`)
    .join(', ');
}

/** What is used although something about it is not as it should be. */
function irregular(
  { fields: read, selection: { names } }: SampledExamination,
  { name, coverage, hits }: SourceSample,
): Finding[] {
  const wanted = read.map(names.inLogs);
  const isWanted = (field: string): boolean =>
    wanted.some((one) => one === field || one.startsWith(`${field}.`));
  const ignored = new Map<string, number>();
  for (const field of hits.flatMap(({ _ignored = [] }) => _ignored).filter(isWanted)) {
    ignored.set(field, (ignored.get(field) ?? 0) + 1);
  }
  const findings = Object.entries(coverage.irregular ?? {})
    .filter(([reason]) => reason !== 'value_not_indexed')
    .filter(([, count]) => count >= ENOUGH * hits.length)
    .map(([reason, count]): Finding => {
      const message = `${String(count)} of ${String(hits.length)} sampled documents of ${name}: each ${describe(reason)}`;
      const remedy = 'correct it in the pipeline or integration that ships these logs, or in the mapping';
      return { check: CHECK, status: 'warning', message, remedy };
    });
  if (ignored.size === 0) return findings;
  const fields = [...ignored].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const message = `an index of ${name} keeps ${fields.map(([field]) => field).join(', ')} out of its mapping (_ignored) in ${String(fields[0]![1])} of ${String(hits.length)} sampled documents: no search or filter finds them`;
  const remedy =
    'raise index.mapping.total_fields.limit, or map the fields as ECS does, and roll the index over';
  return [...findings, { check: CHECK, status: 'warning', message, remedy }];
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
