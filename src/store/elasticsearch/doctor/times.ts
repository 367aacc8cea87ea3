/**
 * Documents whose times cannot be true.
 */
import type { Finding } from '../../finding.js';
import { allEvents } from '../event-query.js';
import type { LogExamination } from './examination.js';

const CHECK = 'times';
/** Clocks of devices may be that far ahead. */
const TOLERANCE_MS = 300_000;

/** What is dated after now is not read before its time has come. */
export async function examineTimes(examination: LogExamination): Promise<Finding[]> {
  const { cluster, clock, indices, selection } = examination;
  const field = selection.names.inLogs('@timestamp');
  if (selection.mapping.unformatted.has('@timestamp')) return [];
  const fromMs = clock.now() + TOLERANCE_MS;
  const answer = await cluster.ask('look for documents of the future', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: 0,
      track_total_hits: 10_000,
      query: allEvents(selection, { range: { [field]: { gte: fromMs, format: 'epoch_millis' } } }),
      aggs: { last: { max: { field } }, from: { terms: { field: '_index', size: 3 } } },
    }),
  );
  const { value } = answer.hits.total as { value: number };
  if (value === 0) return [{ check: CHECK, status: 'ok', message: 'no document is dated after now' }];
  const { last, from } = answer.aggregations as unknown as {
    last: { value: number };
    from: { buckets: readonly { key: string }[] };
  };
  const until = new Date(last.value).toISOString();
  const message = `${value >= 10_000 ? '10,000 or more' : String(value)} documents are dated after now, up to ${until} (${from.buckets.map(({ key }) => key).join(', ')}): they are not read before`;
  const remedy = 'set the clocks, or the time zones, of the devices that send them, or of the pipeline';
  return [{ check: CHECK, status: 'warning', message, remedy }];
}
