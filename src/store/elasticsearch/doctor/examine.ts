/**
 * Looks at a cluster as a doctor does: one question after another, whatever the last one brought.
 */
import { AppError } from '../../../domain/error.js';
import type { Window } from '../../../domain/window.js';
import type { Finding } from '../../finding.js';
import { mappingOf } from '../event-mapping.js';
import { filterQuery } from '../event-query.js';
import { ElasticsearchEventSource } from '../event-source.js';
import { FieldNames } from '../field-names.js';
import {
  examineClock,
  examineLicense,
  examinePrivileges,
  examineSetup,
  examineVersion,
} from './cluster-checks.js';
import type { Examination, LogExamination } from './examination.js';
import { examineFill } from './fill.js';
import { examineFilter } from './filter.js';
import { examineIndices } from './indices.js';
import { examineLag, examineLoad, examineOwnOutput, examineUnclaimed } from './log-checks.js';
import { examineMappings } from './mappings.js';
import { sampleSources, type SampledExamination } from './sample.js';
import { examineTimes } from './times.js';
import { examineUnderstood } from './understood.js';
import { examineWriting } from './writing.js';

type Check<E> = readonly [name: string, look: (examination: E) => Promise<Finding[]>];

const CLUSTER_CHECKS: readonly Check<Examination>[] = [
  ['license', examineLicense],
  ['privileges', examinePrivileges],
  ['setup', examineSetup],
  ['writing', examineWriting],
  ['clock', examineClock],
];

const JOB_CHECKS: readonly Check<Examination>[] = [
  ['mappings', examineMappings],
  ['filter', examineFilter],
];

const LOG_CHECKS: readonly Check<LogExamination>[] = [
  ['times', examineTimes],
  ['ingest lag', examineLag],
  ['own networks', examineUnclaimed],
  ['own output', examineOwnOutput],
  ['load', examineLoad],
];

const SAMPLE_CHECKS: readonly Check<SampledExamination>[] = [
  ['events', examineUnderstood],
  ['fields', examineFill],
];

const DAY_MS = 86_400_000;

/** All findings; a cluster that does not answer is one, and the only one. */
export async function examine(jobs: readonly Examination[]): Promise<Finding[]> {
  const indices = [...new Set(jobs.flatMap((job) => job.indices))];
  const examination = { ...jobs[0]!, indices };
  const connection = await look(['connection', examineVersion], examination);
  if (connection.some(({ status }) => status === 'failure')) return connection;
  const findings = [...connection];
  for (const check of CLUSTER_CHECKS) findings.push(...(await look(check, examination)));
  for (const job of jobs) {
    const found = await examineJob(job);
    findings.push(...(jobs.length === 1 ? found : found.map((finding) => ({ ...finding, job: job.job }))));
  }
  return findings;
}

/** What concerns the logs of one job. */
async function examineJob(asked: Examination): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { findings: unreadable, readable } = await indicesOf(asked);
  findings.push(...unreadable);
  const examination = { ...asked, indices: readable };
  for (const check of JOB_CHECKS) findings.push(...(await look(check, examination)));
  try {
    const logs = await logsOf(examination);
    if (logs === undefined) return [...findings, noEvents(examination)];
    const samples = await sampleSources(logs);
    for (const check of SAMPLE_CHECKS) findings.push(...(await look(check, { ...logs, samples })));
    for (const check of LOG_CHECKS) findings.push(...(await look(check, logs)));
  } catch (error) {
    findings.push(failureOf('logs', error));
  }
  return findings;
}

async function indicesOf(examination: Examination): ReturnType<typeof examineIndices> {
  try {
    return await examineIndices(examination);
  } catch (error) {
    return { findings: [failureOf('indices', error)], readable: examination.indices };
  }
}

function noEvents({ indices, filter }: Examination): Finding {
  const matching = filter === undefined ? '' : ' and match the filter';
  return {
    check: 'logs',
    status: 'failure',
    message: `no events in ${indices.join(', ')} that this user may read${matching}`,
    remedy: 'name the indices that hold the logs in elasticsearch.indices, or ship logs there',
  };
}

async function look<E>([check, find]: Check<E>, examination: E): Promise<Finding[]> {
  try {
    return await find(examination);
  } catch (error) {
    return [failureOf(check, error)];
  }
}

/** What a server answers that is none, or a hostile one, has any shape: it fails a check, not the doctor. */
function failureOf(check: string, error: unknown): Finding {
  if (error instanceof AppError) return { check, status: 'failure', message: error.message };
  const message = `the answer of the server could not be understood: ${String(error)}`;
  const remedy = 'check elasticsearch.url: something else may answer there';
  return { check, status: 'failure', message, remedy };
}

/** The logs of the newest day that there is; undefined where there are none. */
export async function logsOf(examination: Examination): Promise<LogExamination | undefined> {
  const { cluster, clock, ...options } = examination;
  const source = new ElasticsearchEventSource(cluster, options, clock);
  // Where all is dated after now, that is what has to be told.
  const all = (await source.range({ beforeMs: clock.now() + 1 })) ?? (await source.range());
  if (all === undefined) return undefined;
  const end = Math.max(Math.min(all.end, clock.now() + 1), all.start + 1);
  const range: Window = { start: Math.max(all.start, end - DAY_MS), end };
  const names = new FieldNames(examination.names);
  const filter = examination.filter === undefined ? undefined : filterQuery(examination.filter, names);
  const mapping = await mappingOf(cluster, examination.indices, names);
  return { ...examination, range, selection: { names, filter, mapping } };
}
