/**
 * Which features are blind in which logs, since their fields are not filled.
 */
import type { estypes } from '@elastic/elasticsearch';
import { CATALOGUE } from '../../../features/catalogue.js';
import type { Finding } from '../../finding.js';
import { eventsIn } from '../event-query.js';
import type { LogExamination } from './examination.js';

/** A field of flows, and what of the catalogue needs it: measures and categories. */
const FLOW_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'destination.port': ['destinationPort', 'endpoint'],
  'source.bytes': ['sourceBytes', 'bytes'],
  'destination.bytes': ['destinationBytes', 'bytes'],
  'source.packets': ['sourcePackets', 'packets'],
  'event.duration': ['durationSeconds'],
};
/** Fields that only some logs have: one source that fills them is enough. */
const SOMEWHERE: Readonly<Record<string, readonly string[]>> = {
  'dns.question.name': ['name', 'domain', 'nameLength', 'nameEntropy'],
  'user.name': ['user', 'loginFailures'],
  'rule.name': ['rule'],
};
const ENDS = ['source.ip', 'destination.ip'];

/** Below this share a field counts as not filled. */
const BLIND_SHARE = 0.5;
const MAX_SOURCES = 20;
const NAMED_FEATURES = 4;

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly [field: string]: unknown;
}

export async function examineFill(examination: LogExamination): Promise<Finding[]> {
  const check = 'fields';
  const buckets = await sourcesOf(examination);
  const share = (bucket: Bucket, field: string): number =>
    (bucket[field] as { doc_count: number }).doc_count / bucket.doc_count;
  const findings: Finding[] = [];
  for (const bucket of buckets) {
    // Logs that do not tell who spoke with whom are not about flows.
    if (ENDS.some((field) => share(bucket, field) < BLIND_SHARE)) continue;
    for (const [field, needs] of Object.entries(FLOW_FIELDS)) {
      if (share(bucket, field) >= BLIND_SHARE) continue;
      const percent = Math.round(100 * share(bucket, field));
      const message = `${field} is filled in ${String(percent)} % of ${bucket.key}: ${blind(needs)} there`;
      findings.push({ check, status: 'warning', message, remedy: remedyFor(field) });
    }
  }
  for (const [field, needs] of Object.entries(SOMEWHERE)) {
    if (buckets.some((bucket) => share(bucket, field) > 0)) continue;
    const message = `${field} is filled nowhere: ${blind(needs)}`;
    findings.push({ check, status: 'warning', message, remedy: remedyFor(field) });
  }
  if (findings.length > 0) return findings;
  return [{ check, status: 'ok', message: `every source fills what it should (${listOf(buckets)})` }];
}

async function sourcesOf({ cluster, indices, range, selection }: LogExamination): Promise<Bucket[]> {
  const filled = [...ENDS, ...Object.keys(FLOW_FIELDS), ...Object.keys(SOMEWHERE)].map(
    (field) => [field, { filter: { exists: { field: selection.names.inLogs(field) } } }] as const,
  );
  const dataset = selection.names.inLogs('event.dataset');
  const byField = async (field: string): Promise<Bucket[]> => {
    const answer = await cluster.ask('look at what is filled', (client) =>
      client.search({
        index: [...indices],
        ignore_unavailable: true,
        size: 0,
        query: eventsIn(range, selection),
        aggs: { sources: { terms: { field, size: MAX_SOURCES }, aggs: Object.fromEntries(filled) } },
      }),
    );
    const { sources } = answer.aggregations as { sources: estypes.AggregationsTermsAggregateBase<Bucket> };
    return sources.buckets as Bucket[];
  };
  const { fields } = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({ index: [...indices], fields: [dataset], ignore_unavailable: true }),
  );
  const types = Object.values(fields[dataset] ?? {});
  const named =
    types.length > 0 && types.every(({ type, aggregatable }) => aggregatable || type === 'unmapped');
  const sources = named ? await byField(dataset) : [];
  return sources.length > 0 ? sources : byField('_index');
}

/** `bytes_out, upload_ratio and 3 more features are blind`. */
function blind(needs: readonly string[]): string {
  const names = CATALOGUE.filter(({ aggregate }) => {
    const used = Object.values(aggregate as unknown as Record<string, string>);
    return used.some((name) => needs.includes(name));
  }).map(({ name }) => name);
  const different = [...new Set(names)];
  const more = different.length - NAMED_FEATURES;
  const listed = different.slice(0, NAMED_FEATURES).join(', ');
  return `${listed}${more > 0 ? ` and ${String(more)} more` : ''} are blind`;
}

function remedyFor(field: string): string {
  return `let the pipeline or integration that ships these logs fill ${field}, or ship logs that have it`;
}

function listOf(buckets: readonly Bucket[]): string {
  return buckets.map(({ key }) => key).join(', ');
}
