/**
 * Whether a job keeps up with what it may read of its cluster.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { ReadDemand, type ReadRates } from './read-demand.js';

/** What the demand of a job is held against, and who hears of it. */
export interface KeepUpParts {
  /** Most events that may be read in a second. */
  readonly cap: number;
  /** Events per second that other jobs read within the same bound. (Default: none) */
  readonly others?: () => number;
  /** Hears how it stands: what is wrong, or undefined where all is well. */
  readonly tell: (trouble: string | undefined) => void;
  /** Sees the rates. */
  readonly onRates?: (rates: ReadRates) => void;
}

/** Watches the demand of one job. */
export class KeepUp {
  private readonly demand = new ReadDemand();
  private told: string | undefined;

  constructor(private readonly parts: KeepUpParts) {}

  /** Takes note of a window that was read. */
  note({ window, counted, reason }: WindowRecord, isAgain: boolean): void {
    // Those that are taken ahead of their turn are few, and only while something else was wrong.
    if (reason === 'ahead') return;
    if (isAgain) this.demand.readAgain(counted);
    else this.demand.read(window.end - window.start, counted);
  }

  /** Reports once when the job reads more than it may, with the remedy, and once when it no longer does. */
  review(): void {
    const rates = this.demand.rates();
    if (!rates) return;
    this.parts.onRates?.(rates);
    const { cap } = this.parts;
    const others = this.parts.others?.() ?? 0;
    const room = Math.max(0, cap - others);
    if (rates.all <= room) {
      this.say(undefined);
      return;
    }
    const shared = others === 0 ? '' : `, of which other jobs take ${words(others)}`;
    const bound = `elasticsearch.maxEventsPerSecond is ${words(cap)}${shared}`;
    const remedy = 'raise it, or name fewer indices in elasticsearch.indices';
    this.say(
      rates.arriving > room
        ? `${words(rates.arriving)} events arrive in a second, ${bound}: windows fall behind for good; ${remedy}`
        : `${words(rates.all)} events are to be read in a second with those that come late, ${bound}: windows fall behind; ${remedy}, or make schedule.windowLength longer, so that fewer documents come late for their window`,
    );
  }

  /** Each trouble is told once, until it is another one; figures alone make none. */
  private say(trouble: string | undefined): void {
    const kind = trouble?.replaceAll(/[\d,]+/g, '');
    if (kind === this.told) return;
    this.told = kind;
    this.parts.tell(trouble);
  }
}

function words(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
