/**
 * Whether a job understands what it reads, and what it cannot read: nothing read is never "nothing strange".
 */
import type { LeftOut } from '../collect/ports.js';
import type { WindowRecord } from '../domain/anomaly.js';
import type { FilterReason } from '../domain/coverage.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';

/** What a check is told with. */
export interface ReadCheckParts {
  readonly job: string;
  /** Name of the check among those of the service. */
  readonly check: string;
  readonly health: Health;
  readonly logger: Logger;
}

/** Reasons that tell of what was left out as somebody wanted: such an event was understood. */
const BY_RULE: ReadonlySet<string> = new Set<FilterReason>([
  'loopback',
  'allowed_network',
  'allowed_port',
  'allowed_domain',
  'own_output',
  'outside_range',
  'window_full',
]);
/** Not of an event: that something could not be read at all. */
const NO_EVENT: ReadonlySet<string> = new Set([
  'unreachable_index',
  'unreachable_cluster',
  'unreadable_index',
]);
/** What of the events of a source is told where it concerns a tenth of them or more. */
const IRREGULAR: Readonly<Record<string, string>> = {
  end_not_believed: 'have an event.end that lies weeks from @timestamp, which decides their window',
  ahead_of_timestamp: 'begin more than 15 minutes after their @timestamp: one of the two clocks is wrong',
};
const IRREGULAR_SHARE = 0.1;
/** Said where the indices, or what the filter leaves of them, are there and empty. */
const NO_EVENTS = 'what the job reads holds no events yet; it begins with the first window that has some';
/** A source of fewer events says nothing of itself yet. */
const ENOUGH = 100;
const NAMED = 3;

interface Counts {
  read: number;
  understood: number;
  readonly reasons: Record<string, number>;
  readonly irregular: Record<string, number>;
}

/** Watches what becomes of the records of a job; each trouble is told once in the log, and when it is over. */
export class ReadCheck {
  private readonly sources = new Map<string, Counts>();
  private readonly told = new Set<string>();
  private leftOut = new Map<string, LeftOut>();
  private absence: string | undefined;
  private isWaiting = false;

  constructor(private readonly parts: ReadCheckParts) {}

  /** Takes a window's record. */
  note({ coverage }: WindowRecord): void {
    for (const { source, events, duplicates, filtered, quarantined, irregular } of coverage) {
      let counts = this.sources.get(source);
      if (!counts)
        this.sources.set(source, (counts = { read: 0, understood: 0, reasons: {}, irregular: {} }));
      counts.understood += events + duplicates;
      counts.read += events + duplicates;
      for (const [reason, count] of Object.entries({ ...filtered, ...quarantined })) {
        if (NO_EVENT.has(reason)) continue;
        counts.read += count;
        if (BY_RULE.has(reason)) counts.understood += count;
        else counts.reasons[reason] = (counts.reasons[reason] ?? 0) + count;
      }
      for (const [reason, count] of Object.entries(irregular ?? {}))
        counts.irregular[reason] = (counts.irregular[reason] ?? 0) + count;
    }
  }

  /**
   * Takes note of whether there is anything to read.
   * @param reason why there is nothing, where that is a mistake
   */
  events(areThere: boolean, reason?: string): void {
    const { job, logger } = this.parts;
    const isWaiting = !areThere && reason === undefined;
    if (reason !== undefined && reason !== this.absence) logger.warn({ job }, reason);
    else if (isWaiting && !this.isWaiting) logger.info({ job }, NO_EVENTS);
    else if (areThere && (this.isWaiting || this.absence !== undefined))
      logger.info({ job }, 'there are events now');
    this.isWaiting = isWaiting;
    this.absence = reason;
  }

  /** Reviews what was read until the end of a tick, and what its last answers lacked. */
  review(leftOut: readonly LeftOut[]): void {
    this.compare(leftOut);
    this.tellSources();
    const { health, check } = this.parts;
    const sum = sumOf([...this.sources.values()]);
    const nothing = sum.read > 0 && sum.understood === 0 ? notUnderstood(sum) : undefined;
    if (nothing !== undefined) this.once('nothing', nothing);
    const wrong = this.absence ?? nothing;
    const lacking = [...this.leftOut.values()].map(
      ({ source, detail }) => `${source} is not read: ${detail}`,
    );
    if (wrong !== undefined) health.fail(check, wrong);
    else if (lacking.length > 0) health.note(check, lacking.join('; '));
    else health.pass(check);
  }

  private compare(leftOut: readonly LeftOut[]): void {
    const { job, logger } = this.parts;
    const now = new Map(leftOut.map((one) => [one.source, one]));
    for (const { source, reason, detail } of now.values()) {
      if (this.leftOut.has(source)) continue;
      logger.warn({ job, source, reason }, `${source} cannot be read, the rest goes on: ${detail}`);
    }
    for (const source of this.leftOut.keys()) {
      if (!now.has(source))
        logger.info({ job, source }, `${source} can be read again; windows that lack it are read again`);
    }
    this.leftOut = now;
  }

  /** Sources of which no event was understood, and those with odd times, in one line for each kind. */
  private tellSources(): void {
    const sources = [...this.sources].filter(([, { read }]) => read >= ENOUGH);
    const unknown = sources.filter(([source, { understood }]) => understood === 0 && !this.told.has(source));
    if (unknown.length > 0 && unknown.length < this.sources.size) {
      const more = unknown.length - NAMED;
      const named = unknown.slice(0, NAMED).map(([source, counts]) => `${source} (${reasonsOf(counts)})`);
      const text = `${named.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
      this.warn(`nothing is understood of ${text}; ${REMEDY}, or leave them out`);
    }
    for (const [source] of unknown) this.told.add(source);
    for (const [source, { read, irregular }] of sources) {
      for (const [reason, words] of Object.entries(IRREGULAR)) {
        const count = irregular[reason] ?? 0;
        if (count >= IRREGULAR_SHARE * read)
          this.once(
            `${source} ${reason}`,
            `${number(count)} of ${number(read)} events of ${source} ${words}`,
          );
      }
    }
  }

  private once(key: string, text: string): void {
    if (this.told.has(key)) return;
    this.told.add(key);
    this.warn(text);
  }

  private warn(text: string): void {
    this.parts.logger.warn({ job: this.parts.job }, text);
  }
}

const REMEDY = 'name their fields in elasticsearch.fields (see "elkhound doctor")';

function notUnderstood(counts: Counts): string {
  return `none of ${number(counts.read)} events could be understood: ${reasonsOf(counts)}; ${REMEDY}`;
}

/** `6,060 unsupported type, 3 no time`. */
function reasonsOf({ reasons }: Counts): string {
  return Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${number(count)} ${reason.replaceAll('_', ' ')}`)
    .join(', ');
}

function sumOf(all: readonly Counts[]): Counts {
  const sum: Counts = { read: 0, understood: 0, reasons: {}, irregular: {} };
  for (const { read, understood, reasons } of all) {
    sum.read += read;
    sum.understood += understood;
    for (const [reason, count] of Object.entries(reasons))
      sum.reasons[reason] = (sum.reasons[reason] ?? 0) + count;
  }
  return sum;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
