/**
 * Whether a job keeps up with what it may read of its cluster, and what is done where it does not.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { ReadDemand, type ReadRates } from './read-demand.js';

/** What a job does about its demand. */
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

/** Lengths that windows grow to, milliseconds. */
const LENGTHS: readonly number[] = [900_000, 3_600_000];

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

  /**
   * The length to go on with, where longer windows help: they have fewer late documents to be read
   * again for, but what arrives is read once whatever their length. Says what is wrong.
   */
  longer(lengthMs: number): number | undefined {
    const rates = this.demand.rates();
    if (!rates) return undefined;
    this.parts.onRates?.(rates);
    const { cap } = this.parts;
    const others = this.parts.others?.() ?? 0;
    const room = Math.max(0, cap - others);
    const next = LENGTHS.find((one) => one > lengthMs && one % lengthMs === 0);
    if (rates.all <= room) {
      this.say(undefined);
      return undefined;
    }
    const arriving = `${words(rates.arriving)} events arrive in a second`;
    const shared = others === 0 ? '' : `, of which other jobs take ${words(others)}`;
    const bound = `elasticsearch.maxEventsPerSecond is ${words(cap)}${shared}`;
    const remedy = 'raise it, or name fewer indices in elasticsearch.indices';
    if (rates.arriving > room) this.say(`${arriving}, ${bound}: windows fall behind for good; ${remedy}`);
    else if (next === undefined) {
      this.say(
        `${words(rates.all)} events are to be read in a second with those that come late, ${bound}: windows fall behind; ${remedy}`,
      );
    } else {
      this.say(
        `${words(rates.all)} events are to be read in a second with those that come late, ${bound}: windows of ${String(next / 60_000)} minutes are next`,
      );
      return next;
    }
    return undefined;
  }

  /** The windows are others now: what was measured no longer holds. */
  restart(): void {
    this.demand.clear();
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
