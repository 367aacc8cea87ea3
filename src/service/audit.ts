/**
 * The daily audit: what came later than the horizon is counted and told, since nobody reads it any more.
 */
import type { EventSource } from '../collect/ports.js';
import type { ResultStore } from '../decide/ports.js';
import type { WindowRecord } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import type { Window } from '../domain/window.js';
import type { Logger } from '../observe/logger.js';

/** What an audit works with. Lengths are milliseconds. */
export interface AuditParts {
  readonly name: string;
  readonly events: EventSource;
  readonly results: ResultStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Later than this is too late to be read. */
  readonly horizonMs: number;
  /** How often to look. */
  readonly everyMs: number;
  /** Sees each record that documents came too late for. */
  onMissed(record: WindowRecord, documents: number): void;
}

/** How far back an audit looks: Elastic's own delayed-data check is content with less. */
const RANGE_MS = 7 * 86_400_000;

/** Compares, now and then, what old windows hold with what was read of them. */
export class Audit {
  private lastMs = -Infinity;

  constructor(private readonly parts: AuditParts) {}

  /**
   * Looks if it is time; a window that has more documents than were ever counted leaves its record
   * with the difference, so that the next audit tells only what is new.
   * @param nextMs start of the next window to run
   * @param windowLengthMs length of the windows now: those of another length are left out
   */
  async run(nextMs: number, windowLengthMs: number): Promise<void> {
    const { clock, everyMs, horizonMs } = this.parts;
    const nowMs = clock.now();
    if (nowMs - this.lastMs < everyMs || !Number.isFinite(nextMs)) return;
    const end = nextMs - horizonMs;
    const range = { start: end - RANGE_MS, end: end - (end % windowLengthMs) };
    const missed = await this.look(range, windowLengthMs);
    this.lastMs = nowMs;
    this.tell(missed);
  }

  private async look(range: Window, windowLengthMs: number): Promise<{ windows: number; documents: number }> {
    const { name, events, results, onMissed } = this.parts;
    const known = await results.records(name, range);
    const first = known[0]?.window.start;
    const sum = { windows: 0, documents: 0 };
    // What lies before the first record was learned from, or never belonged to the job.
    if (first === undefined) return sum;
    for (const { window, total } of await events.count({ start: first, end: range.end }, windowLengthMs)) {
      const record = recordOf(window, known);
      const documents = record ? total - record.counted - (record.missed ?? 0) : 0;
      if (!record || documents <= 0) continue;
      const next = { ...record, missed: (record.missed ?? 0) + documents };
      await results.close(next);
      onMissed(next, documents);
      sum.windows++;
      sum.documents += documents;
    }
    return sum;
  }

  private tell({ windows, documents }: { windows: number; documents: number }): void {
    if (documents === 0) return;
    const { logger, name, horizonMs } = this.parts;
    logger.warn(
      { job: name, windows, documents },
      `documents came later than ${String(horizonMs / 3_600_000)} hours and were not read; if their source is always that late, raise schedule.lateness`,
    );
  }
}

/** A window's own record, or one of its own made from that of the empty run around it. */
function recordOf(window: Window, known: readonly WindowRecord[]): WindowRecord | undefined {
  const around = known.filter((one) => one.window.start <= window.start && one.window.end >= window.end);
  const own = around.find((one) => one.window.start === window.start && one.window.end === window.end);
  return own ?? (around[0] && { ...around[0], window });
}
