/**
 * One window from its documents to its record: results first, then what to send, the record last.
 */
import type { Anomaly, EpisodeChange, WindowRecord } from '../domain/anomaly.js';
import {
  addCoverage,
  emptyCoverage,
  MAX_SOURCES,
  OTHER_SOURCES,
  type SourceCoverage,
} from '../domain/coverage.js';
import type { Clock } from '../domain/clock.js';
import type { EntityKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { ResultStore } from '../decide/ports.js';
import type { Detection, Turn, WindowDetector } from './detect.js';
import { readEvents, type HistoryParts } from './history.js';
import type { EventReader } from './read-ahead.js';

/** What running a window needs. */
export interface RunParts extends Pick<HistoryParts, 'normalizer'> {
  readonly events: EventReader;
  readonly job: string;
  readonly results: ResultStore;
  readonly clock: Clock;
  /** Sees how long each stage took for a window. */
  readonly onStage?: (stage: 'read' | 'detect' | 'store', seconds: number) => void;
  /** Hears what an operator should know. */
  readonly notice?: (text: string) => void;
  /** Takes note of alerts to send, durably; called before the window counts as done. */
  announce(changes: readonly EpisodeChange[]): Promise<void>;
}

/** A window to run. */
export interface WindowTask {
  readonly window: Window;
  /** Documents that the store counts. */
  readonly counted: number;
  /** What was recorded of it before. */
  readonly previous?: WindowRecord;
}

/** How to run it. */
export interface RunContext {
  readonly turn: Turn;
  readonly detector: WindowDetector;
  readonly model: string;
  /** Results of it may be there already, written by a process that did not come to the record. */
  readonly repeated: boolean;
  /** Sees each site's part; may change what is said of the episodes. */
  readonly review?: (detection: Detection) => Pick<Detection, 'anomalies' | 'changes'>;
  readonly signal?: AbortSignal | undefined;
}

/** Reads, scores and writes a window; its record is the last thing written. */
export async function runWindow(
  parts: RunParts,
  task: WindowTask,
  { turn, detector, model, repeated, review, signal }: RunContext,
): Promise<WindowRecord> {
  const { job, results, clock, announce } = parts;
  const { window, previous } = task;
  const startedMs = clock.now();
  const { windows, aside } = await timed(parts, 'read', () => readEvents(parts, window, signal));
  const tally = new Tally(detector.kinds);
  const anomalies: Anomaly[] = [];
  for (const events of windows) {
    const detection = await timed(parts, 'detect', () => detector.detect(events, turn));
    tally.add(detection);
    const { anomalies: found, changes } = review ? review(detection) : detection;
    anomalies.push(...found);
    await timed(parts, 'store', async () => {
      await results.save(found, changes);
      await announce(changes);
    });
  }
  tally.cover(aside);
  if (repeated || previous) await timed(parts, 'store', () => retractOthers(results, job, window, anomalies));
  const nowMs = clock.now();
  const reason = turn === 'ahead' ? { reason: 'ahead' } : {};
  const record: WindowRecord = {
    job,
    window,
    status: 'done',
    ...reason,
    ...countsOf(task),
    coverage: [...tally.coverage.values()],
    entities: tally.entities,
    ...(Object.keys(tally.others).length === 0 ? {} : { others: tally.others }),
    anomalies: anomalies.length,
    model,
    revision: revisionOf(task, reason),
    recordedAtMs: nowMs,
    tookMs: nowMs - startedMs,
  };
  await results.close(record);
  noticeLeftOut(parts, record);
  return record;
}

/** The record of a run of windows without events. */
export function skippedRecord(
  job: string,
  window: Window,
  model: string,
  recordedAtMs: number,
): WindowRecord {
  return {
    job,
    window,
    status: 'skipped',
    reason: 'empty',
    counted: 0,
    coverage: [],
    entities: {},
    anomalies: 0,
    model,
    revision: 1,
    recordedAtMs,
    tookMs: 0,
  };
}

/** A window that is larger than memory allows is scored by a part of its events, which is never silent. */
function noticeLeftOut({ notice }: RunParts, { window, coverage }: WindowRecord): void {
  const leftOut = coverage.reduce((sum, { filtered }) => sum + (filtered.window_full ?? 0), 0);
  if (leftOut === 0) return;
  const all = coverage.reduce((sum, { read }) => sum + read, 0);
  notice?.(
    `the window of ${new Date(window.start).toISOString()} is larger than normalize.maxWindowMb: ${String(leftOut)} of ${String(all)} events were left out; shorten schedule.windowLength, or allow more memory`,
  );
}

/** What doing the window again no longer finds is taken back, not deleted. */
async function retractOthers(
  results: ResultStore,
  job: string,
  window: Window,
  found: readonly Anomaly[],
): Promise<void> {
  const ids = new Set(found.map(({ id }) => id));
  const gone = (await results.standing(job, window)).filter(({ id }) => !ids.has(id));
  if (gone.length > 0)
    await results.save(
      gone.map((anomaly) => ({ ...anomaly, status: 'retracted' })),
      [],
    );
}

/** Documents counted, and how many of them came after the first reading. */
function countsOf({ window, counted, previous }: WindowTask): Pick<WindowRecord, 'counted' | 'late'> {
  if (!isOf(window, previous)) return { counted };
  const late = (previous.late ?? 0) + Math.max(0, counted - previous.counted);
  return late === 0 ? { counted } : { counted, late };
}

/** A window that is merely done again after a crash is no revision. */
function revisionOf({ window, counted, previous }: WindowTask, { reason }: { reason?: string }): number {
  if (!isOf(window, previous)) return 1;
  const same = previous.counted === counted && previous.reason === reason;
  return same ? previous.revision : previous.revision + 1;
}

/** Whether a record is the window's own, and not that of an empty run around it. */
function isOf({ start, end }: Window, record: WindowRecord | undefined): record is WindowRecord {
  return record?.window.start === start && record.window.end === end;
}

async function timed<T>(
  { clock, onStage }: RunParts,
  stage: 'read' | 'detect' | 'store',
  work: () => T | Promise<T>,
): Promise<T> {
  const startedMs = clock.now();
  const result = await work();
  onStage?.(stage, (clock.now() - startedMs) / 1000);
  return result;
}

/** What all sites of a window come to. */
class Tally {
  readonly coverage = new Map<string, SourceCoverage>();
  readonly entities: Record<string, number> = {};
  readonly others: Record<string, number> = {};

  constructor(private readonly kinds: readonly EntityKind[]) {}

  add({ features }: Detection): void {
    for (const kind of this.kinds) {
      const { entities } = features.matrices[kind];
      this.entities[kind] = (this.entities[kind] ?? 0) + entities.length;
      for (const { others } of entities) {
        if (others !== undefined) this.others[kind] = (this.others[kind] ?? 0) + others;
      }
    }
    this.cover(features.events.coverage);
  }

  /** Adds counts; sources beyond a bound are taken together. */
  cover(parts: readonly SourceCoverage[]): void {
    for (const part of parts) {
      const isRoom = this.coverage.has(part.source) || this.coverage.size < MAX_SOURCES;
      const source = isRoom ? part.source : OTHER_SOURCES;
      let known = this.coverage.get(source);
      if (!known) this.coverage.set(source, (known = emptyCoverage(source)));
      addCoverage(known, part);
    }
  }
}
