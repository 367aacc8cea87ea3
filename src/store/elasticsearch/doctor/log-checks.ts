/**
 * What the logs of the last day ask of the configuration.
 */
import { AddressBook, AddressFact } from '../../../normalize/address.js';
import type { Finding } from '../../finding.js';
import { eventsIn, ownOutput } from '../event-query.js';
import { ElasticsearchEventSource } from '../event-source.js';
import type { LogExamination } from './examination.js';

const SAMPLE = 1_000;
const MAX_ADDRESSES = 200;
/** A network that sends at least this share of the events, from that many addresses, looks like an own one. */
const BUSY_SHARE = 0.01;
const BUSY_ADDRESSES = 3;
/** Events a window from which on reading and scoring one takes long, on a machine with two cores. */
const HEAVY_WINDOW = 2_000_000;
const DAY_MS = 86_400_000;

/** Time between an event and its arrival, from a random sample of those that tell. */
export async function examineLag({
  cluster,
  indices,
  range,
  selection,
  queryDelayMs,
}: LogExamination): Promise<Finding[]> {
  const check = 'ingest lag';
  const times = ['event.end', '@timestamp', 'event.ingested'];
  const answer = await cluster.ask('look at the ingest lag', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: SAMPLE,
      query: {
        function_score: {
          query: { bool: { filter: [eventsIn(range, selection), { exists: { field: 'event.ingested' } }] } },
          functions: [{ random_score: {} }],
        },
      },
      fields: times
        .filter((field) => !selection.mapping.unformatted.has(field))
        .map((field) => ({ field: selection.names.inLogs(field), format: 'epoch_millis' })),
      _source: false,
    }),
  );
  const lags = answer.hits.hits
    .map(({ fields = {} }) => {
      const [end, stamp, ingested] = times.map((field) =>
        Number((fields[selection.names.inLogs(field)] as unknown[] | undefined)?.[0]),
      );
      return ingested! - (Number.isNaN(end) ? stamp! : end!);
    })
    .filter((lag) => !Number.isNaN(lag))
    .sort((a, b) => a - b);
  if (lags.length === 0) {
    const message = 'not available here: no event has event.ingested';
    const remedy =
      'set event.ingested in an ingest pipeline to learn of late logs: "elkhound setup" makes one for new data streams under logs-*-*';
    return [{ check, status: 'unavailable', message, remedy }];
  }
  const at = (share: number): number => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))]!;
  const message = `events arrive after ${seconds(at(0.5))} (half), ${seconds(at(0.95))} (95 %), ${seconds(at(0.99))} (99 % of ${String(lags.length)} sampled)`;
  const suggested = Math.max(10, Math.ceil(at(0.99) / 10_000) * 10);
  if (suggested * 1000 <= queryDelayMs) return [{ check, status: 'ok', message }];
  const remedy = `set schedule.queryDelay to ${String(suggested)}s (now ${seconds(queryDelayMs)}): what comes later makes windows be read again`;
  return [{ check, status: 'warning', message, remedy }];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Global IPv6 networks that send much and are not configured as own. */
export async function examineUnclaimed({
  cluster,
  indices,
  range,
  selection,
  ownNetworks,
}: LogExamination): Promise<Finding[]> {
  const check = 'own networks';
  const field = selection.names.inLogs('source.ip');
  const answer = await cluster.ask('look at who sends', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: 0,
      track_total_hits: true,
      query: eventsIn(range, selection),
      aggs: {
        global: {
          filter: { term: { [field]: '2000::/3' } },
          aggs: { addresses: { terms: { field, size: MAX_ADDRESSES } } },
        },
      },
    }),
  );
  const { value: total } = answer.hits.total as { value: number };
  const { global } = answer.aggregations as unknown as {
    global: { addresses: { buckets: { key: string; doc_count: number }[] } };
  };
  const book = new AddressBook(ownNetworks, []);
  const networks = new Map<string, { events: number; addresses: number }>();
  for (const { key, doc_count } of global.addresses.buckets) {
    if ((book.facts(key) & AddressFact.own) !== 0) continue;
    const network = networkOf(key);
    const { events, addresses } = networks.get(network) ?? { events: 0, addresses: 0 };
    networks.set(network, { events: events + doc_count, addresses: addresses + 1 });
  }
  const busy = [...networks].filter(
    ([, { events, addresses }]) => events >= BUSY_SHARE * total && addresses >= BUSY_ADDRESSES,
  );
  if (busy.length === 0)
    return [{ check, status: 'ok', message: 'no busy global IPv6 network is unclaimed' }];
  return busy.map(([network, { events, addresses }]) => ({
    check,
    status: 'warning',
    message: `${network} sends ${String(events)} of ${String(total)} events from ${String(addresses)} addresses, and is not an own network`,
    remedy: `if it is yours, add "${network}" to normalize.ownNetworks: its hosts are taken for strangers`,
  }));
}

/** The /64 of an address in its shortest text. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...rest].slice(0, 4);
  while (all.at(-1) === '0') all.pop();
  return `${all.join(':')}::/64`;
}

/** Own documents among what is read: left out, or a detector would find its own findings. */
export async function examineOwnOutput({ cluster, indices }: LogExamination): Promise<Finding[]> {
  const check = 'own output';
  const { count } = await cluster.ask('count own documents', (client) =>
    client.count({
      index: [...indices],
      ignore_unavailable: true,
      query: { bool: { should: ownOutput(), minimum_should_match: 1 } },
    }),
  );
  const message =
    count === 0
      ? 'nothing that elkhound writes lies in what it reads'
      : `${String(count)} documents of elkhound lie in what it reads, and are left out`;
  return [{ check, status: 'ok', message }];
}

/** What the windows will cost. */
export async function examineLoad(examination: LogExamination): Promise<Finding[]> {
  const { cluster, clock, range, windowLengthMs, pageSize } = examination;
  const counts = await new ElasticsearchEventSource(cluster, examination, clock).count(range, windowLengthMs);
  const totals = counts.map(({ total }) => total);
  const peak = totals.reduce((most, total) => Math.max(most, total), 0);
  const sum = totals.reduce((all, total) => all + total, 0);
  const daily = Math.round((sum * DAY_MS) / Math.max(windowLengthMs, range.end - range.start));
  const pages = Math.max(1, Math.ceil(peak / pageSize));
  const words = (value: number): string => value.toLocaleString('en-US');
  const message = `${words(Math.round(sum / Math.max(1, totals.length)))} events a window, ${words(peak)} at most (${words(pages)} requests of ${words(pageSize)}), about ${words(daily)} a day`;
  if (peak <= HEAVY_WINDOW) return [{ check: 'load', status: 'ok', message }];
  const remedy = 'name fewer indices in elasticsearch.indices, or shorten schedule.windowLength';
  return [{ check: 'load', status: 'warning', message, remedy }];
}
