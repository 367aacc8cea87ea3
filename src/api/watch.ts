/**
 * Health and coverage at a glance: what is being watched, how far behind, on which model.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { addCoverage, emptyCoverage, type SourceCoverage, total } from '../domain/coverage.js';
import type { Window } from '../domain/window.js';
import type { ApiDependencies, JobInfo, ModelSummary, ServiceInfo } from './dependencies.js';

/** What the head of every page shows. */
export interface Watch {
  readonly nowMs: number;
  /** The newest window that was dealt with. */
  readonly last: WindowRecord | undefined;
  /** How long ago the newest window should have been done at the latest but was not; 0 where up to date. */
  readonly lagMs: number;
  /** Summed over the last day of windows. */
  readonly coverage: SourceCoverage;
  readonly sources: readonly string[];
  readonly model: ModelSummary | undefined;
  /** What is wrong, worst first; empty where all is well. */
  readonly warnings: readonly string[];
}

const DAY_MS = 86_400_000;
/** Records of a day of 5-minute windows at most; more would slow each page down. */
const MAX_RECORDS = 288;
/** Windows that may pass before being late is worth a warning. */
const LATE_WINDOWS = 2;
const QUARANTINE_WARNING = 0.01;

/** End of the newest window: pages look back from here, since logs may be replayed from years ago. */
export function anchorOf(watch: Pick<Watch, 'last' | 'nowMs'>): number {
  return watch.last?.window.end ?? watch.nowMs;
}

/** Window records of the day that ends with the newest window, newest first. */
async function lastDay({ reader }: ApiDependencies, job: string): Promise<readonly WindowRecord[]> {
  const { items } = await reader.windows({ job, limit: MAX_RECORDS });
  const newest = items[0];
  return newest === undefined ? [] : items.filter(({ window }) => window.start >= newest.window.end - DAY_MS);
}

/**
 * Looks at the newest records and the models.
 * @param job the only one to look at; all of them where absent
 */
export async function watchOf(dependencies: ApiDependencies, job?: string): Promise<Watch> {
  const { jobs } = dependencies.info;
  const looked = job === undefined ? jobs : jobs.filter(({ name }) => name === job);
  const watches = await Promise.all(looked.map((one) => watchOfJob(dependencies, one)));
  const nowMs = dependencies.clock.now();
  const coverage = emptyCoverage('all');
  for (const watch of watches) addCoverage(coverage, watch.coverage);
  const newest = watches.reduce<Watch | undefined>(
    (best, next) => ((next.last?.window.end ?? 0) > (best?.last?.window.end ?? 0) ? next : best),
    undefined,
  );
  const named = watches.flatMap(({ warnings }, i) =>
    warnings.map((warning) => (jobs.length === 1 ? warning : `${looked[i]!.name}: ${warning}`)),
  );
  return {
    nowMs,
    last: newest?.last,
    lagMs: Math.max(0, ...watches.map(({ lagMs }) => lagMs)),
    coverage,
    sources: [...new Set(watches.flatMap(({ sources }) => sources))].sort(),
    model: (newest ?? watches[0])?.model,
    warnings: [...unhealthy(dependencies), ...named],
  };
}

async function watchOfJob(dependencies: ApiDependencies, job: JobInfo): Promise<Watch> {
  const [records, model] = await Promise.all([lastDay(dependencies, job.name), dependencies.model(job.name)]);
  const nowMs = dependencies.clock.now();
  const last = records[0];
  const coverage = emptyCoverage('all');
  for (const source of records.flatMap((record) => record.coverage)) addCoverage(coverage, source);
  const sources = new Set(records.flatMap((record) => record.coverage.map(({ source }) => source)));
  const lagMs = lagOf(last?.window, nowMs, job, dependencies.info);
  const watch = { nowMs, last, lagMs, coverage, sources: [...sources].sort(), model };
  return { ...watch, warnings: warningsOf(watch, job) };
}

/** Whether windows before this one wait: after an outage the newest are scored ahead of their turn. */
export function isAhead({ reason }: WindowRecord): boolean {
  return reason === 'ahead';
}

function lagOf(last: Window | undefined, nowMs: number, { windowMs }: JobInfo, info: ServiceInfo): number {
  if (last === undefined) return 0;
  const nextDue = last.end + windowMs + info.queryDelayMs;
  return Math.max(0, nowMs - nextDue);
}

function unhealthy({ health }: ApiDependencies): string[] {
  return health
    .report()
    .checks.filter(({ ok, detail }) => !ok || detail !== '')
    .map(({ name, detail }) => `${name}: ${detail}`);
}

function warningsOf(
  { nowMs, last, lagMs, coverage, model }: Omit<Watch, 'warnings'>,
  { windowMs }: JobInfo,
): string[] {
  const warnings: string[] = [];
  if (last !== undefined && isAhead(last)) {
    warnings.push('Catching up: windows before the newest ones are not scored yet.');
  } else if (last !== undefined && lagMs > LATE_WINDOWS * windowMs) {
    const isMoving = nowMs - last.recordedAtMs <= windowMs;
    warnings.push(
      isMoving
        ? 'Catching up with earlier windows: what happens now is not seen yet.'
        : 'No window has been finished lately: what happens now is not seen.',
    );
  }
  if (coverage.read > 0 && total(coverage.quarantined) / coverage.read > QUARANTINE_WARNING) {
    warnings.push('More than 1 % of the records could not be used; see Coverage.');
  }
  const faulty = (last?.coverage ?? []).filter(({ status }) => status !== undefined && status !== 'usual');
  if (faulty.length > 0) {
    const names = faulty.map(({ source, status }) => `${source} (${status!})`);
    warnings.push(`Not as expected: ${names.join(', ')}; see Coverage.`);
  }
  if (model?.selfTrained === true) {
    warnings.push(
      'The model was trained on its own data, for lack of history: what has always been strange looks normal.',
    );
  }
  return warnings;
}
