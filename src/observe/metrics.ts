/**
 * Metrics of the stages, for Prometheus.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Sources that have series of their own, and the label of all others together. */
const MAX_SOURCES = 200;
const OTHER_SOURCES = '(other sources)';

/** The metrics of one process; names follow Prometheus' conventions. */
export class Metrics {
  readonly registry = new Registry();
  /** Records read, by source. */
  readonly read: Counter<'source'>;
  /** Records that did not become events, by source and fate. */
  readonly dropped: Counter<'source' | 'fate'>;
  /** Documents that came too late to be read. */
  readonly missed: Counter;
  /** Windows, by outcome: done, again (a revision) or skipped. */
  readonly windows: Counter<'outcome'>;
  readonly windowSeconds: Histogram;
  /** Time of each stage for one window: read (collect and normalize), detect (features, score, decide), store. */
  readonly stageSeconds: Histogram<'stage'>;
  readonly anomalies: Counter;
  /** Delivery attempts, by channel and outcome. */
  readonly notifications: Counter<'channel' | 'outcome'>;
  /** Documents that Elasticsearch refused, by index. */
  readonly deadLetters: Counter<'index'>;
  /** Whether each part of the service works: 1, else 0. */
  readonly checks: Gauge<'check'>;
  /** Windows that are due and not done. */
  readonly windowsWaiting: Gauge<'job'>;
  /** Wrong keys that were sent to the API, by what they were for. */
  readonly failedLogins: Counter<'account'>;
  /** Ticks of the schedule, by outcome. */
  readonly ticks: Counter<'outcome'>;
  /** Entities remembered, the memory that they take, and how many were forgotten for want of room. */
  readonly stateEntities: Gauge<'job'>;
  readonly stateBytes: Gauge<'job'>;
  readonly evicted: Gauge<'job'>;
  /** Of the newest window: its events, its rows, and the entities that share one. */
  readonly windowEvents: Gauge<'job'>;
  readonly windowEntities: Gauge<'job' | 'kind'>;
  readonly windowOthers: Gauge<'job' | 'kind'>;
  /** Events that may be read of the cluster in a second, and that are to be: arriving, and read again. */
  readonly readBound: Gauge<'job'>;
  readonly readDemand: Gauge<'job' | 'part'>;
  /** What was expected before the job started; memory by part: events, features, state. */
  readonly estimatedBytes: Gauge<'job' | 'part'>;
  readonly estimatedEntities: Gauge<'job' | 'kind'>;
  readonly estimatedEvents: Gauge<'job'>;
  readonly estimatedRate: Gauge<'job'>;
  /** End of the newest finished window, seconds since the epoch. */
  readonly lastWindow: Gauge<'job'>;
  private readonly sources = new Set<string>();

  constructor() {
    const registers = [this.registry];
    const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
      new Counter({ name: `elkhound_${name}`, help, labelNames, registers });
    const gauge = <L extends string = never>(
      name: string,
      help: string,
      labels: L[] = [],
    ): Gauge<'job' | L> =>
      new Gauge<'job' | L>({ name: `elkhound_${name}`, help, labelNames: ['job', ...labels], registers });
    this.read = counter('records_read_total', 'Records read', ['source']);
    this.dropped = counter('records_dropped_total', 'Records that did not become events', ['source', 'fate']);
    this.missed = counter('missed_documents_total', 'Documents that came too late to be read', []);
    this.windows = counter('windows_total', 'Windows by outcome', ['outcome']);
    this.anomalies = counter('anomalies_total', 'Anomalies found', []);
    this.notifications = counter('notifications_total', 'Delivery attempts', ['channel', 'outcome']);
    this.deadLetters = counter('dead_letters_total', 'Documents refused and kept as dead letters', ['index']);
    this.failedLogins = counter('failed_logins_total', 'Wrong keys sent to the API', ['account']);
    this.ticks = counter('ticks_total', 'Ticks of the schedule', ['outcome']);
    this.checks = new Gauge({
      name: 'elkhound_check_ok',
      help: 'Whether a part of the service works, as /readyz says',
      labelNames: ['check'],
      registers,
    });
    this.windowsWaiting = gauge('windows_waiting', 'Windows that are due and not done');
    this.stateEntities = gauge('state_entities', 'Entities remembered');
    this.stateBytes = gauge('state_bytes', 'Memory of the entities remembered, an estimate');
    this.evicted = gauge('state_evicted_entities', 'Entities forgotten for want of room since the start');
    this.windowEvents = gauge('window_events', 'Events of the newest finished window');
    this.windowEntities = gauge('window_entities', 'Rows of the newest finished window', ['kind']);
    this.windowOthers = gauge('window_other_entities', 'Entities that share a row', ['kind']);
    this.estimatedBytes = gauge('estimated_bytes', 'Memory expected at the start', ['part']);
    this.estimatedEntities = gauge('estimated_window_entities', 'Entities expected in a window', ['kind']);
    this.estimatedEvents = gauge('estimated_window_events', 'Events expected in the fullest window');
    this.estimatedRate = gauge('estimated_events_per_second', 'Events expected to be read in a second');
    this.readBound = gauge('read_bound_events_per_second', 'Most events read in a second');
    this.readDemand = gauge('read_demand_events_per_second', 'Events to be read in a second', ['part']);
    this.lastWindow = gauge('last_window_seconds', 'End of the newest finished window');
    this.windowSeconds = new Histogram({
      name: 'elkhound_window_seconds',
      help: 'Time to read, score and record a window',
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
      registers,
    });
    this.stageSeconds = new Histogram({
      name: 'elkhound_stage_seconds',
      help: 'Time of one stage for one window: read, detect or store',
      labelNames: ['stage'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    });
    collectDefaultMetrics({ register: this.registry, prefix: 'elkhound_' });
  }

  /**
   * Label of a source. Logs name their sources themselves, and a series stays for as long as the
   * process, so that only the first ones have series of their own.
   */
  labelOf(source: string): string {
    if (this.sources.size < MAX_SOURCES) this.sources.add(source);
    return this.sources.has(source) ? source : OTHER_SOURCES;
  }
}
