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
import { examineLag, examineLoad, examineOwnOutput, examineUnclaimed } from './log-checks.js';
import { examineMappings } from './mappings.js';

type Check<E> = readonly [name: string, look: (examination: E) => Promise<Finding[]>];

const CLUSTER_CHECKS: readonly Check<Examination>[] = [
  ['license', examineLicense],
  ['privileges', examinePrivileges],
  ['setup', examineSetup],
  ['clock', examineClock],
];

const JOB_CHECKS: readonly Check<Examination>[] = [
  ['mappings', examineMappings],
  ['filter', examineFilter],
];

const LOG_CHECKS: readonly Check<LogExamination>[] = [
  ['fields', examineFill],
  ['ingest lag', examineLag],
  ['own networks', examineUnclaimed],
  ['own output', examineOwnOutput],
  ['load', examineLoad],
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
async function examineJob(examination: Examination): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of JOB_CHECKS) findings.push(...(await look(check, examination)));
  const range = await recent(examination);
  if (range === undefined) {
    const patterns = examination.indices.join(', ');
    const matching = examination.filter === undefined ? '' : ' and match the filter';
    return [
      ...findings,
      {
        check: 'logs',
        status: 'failure',
        message: `no events in ${patterns} that this user may read${matching}`,
        remedy: 'name the indices that hold the logs in elasticsearch.indices, or ship logs there',
      },
    ];
  }
  const names = new FieldNames(examination.names);
  const filter = examination.filter === undefined ? undefined : filterQuery(examination.filter, names);
  const mapping = await mappingOf(examination.cluster, examination.indices, names);
  const logs = { ...examination, range, selection: { names, filter, mapping } };
  for (const check of LOG_CHECKS) findings.push(...(await look(check, logs)));
  return findings;
}

async function look<E>([check, find]: Check<E>, examination: E): Promise<Finding[]> {
  try {
    return await find(examination);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ check, status: 'failure', message: error.message }];
  }
}

async function recent({ cluster, clock, ...options }: Examination): Promise<Window | undefined> {
  const all = await new ElasticsearchEventSource(cluster, options, clock).range().catch(() => undefined);
  if (all === undefined) return undefined;
  const end = Math.min(all.end, clock.now() + 1);
  return { start: Math.max(all.start, end - DAY_MS), end };
}
