/**
 * Which of the remote clusters that a job reads do not answer.
 */
import { AppError } from '../../../domain/error.js';
import type { Finding } from '../../finding.js';
import { Reach } from '../event-reach.js';
import { lookAtRemotes } from '../event-search.js';
import type { Examination } from './examination.js';

const CHECK = 'remote clusters';

/** What is to be told, and the index expressions that nothing can be asked of: they would fail each search. */
export async function examineRemotes(
  examination: Examination,
): Promise<{ readonly findings: Finding[]; readonly unreadable: readonly string[] }> {
  const remote = examination.indices.filter((name) => name.includes(':') && !name.startsWith('-'));
  if (remote.length === 0) return { findings: [], unreadable: [] };
  try {
    return { findings: findingsOf(await awayOf(examination, remote), remote), unreadable: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // One by one, since the message names the cluster and not the expression.
    const unreadable: string[] = [];
    for (const name of remote) await awayOf(examination, [name]).catch(() => unreadable.push(name));
    const message = `${unreadable.join(', ')} cannot be read, and keeps the job from reading anything: ${error.message}`;
    const remedy = `${REMEDY}; where cluster.remote.NAME.skip_unavailable is true, the rest is read meanwhile`;
    return { findings: [{ check: CHECK, status: 'failure', message, remedy }], unreadable };
  }
}

const REMEDY =
  'see GET _remote/info, and mend the connection between the clusters, or leave it out of elasticsearch.indices';

function findingsOf(away: Reach['leftOut'], remote: readonly string[]): Finding[] {
  if (away.length === 0) {
    return [{ check: CHECK, status: 'ok', message: `${remote.join(', ')} can be asked` }];
  }
  return away.map(({ source, detail }) => ({
    check: CHECK,
    status: 'failure',
    message: `${source} cannot be read, the rest goes on, and what it holds is read when it is back: ${detail}`,
    remedy: REMEDY,
  }));
}

/** Asks them for nothing, as a window would ask them for its events. */
async function awayOf({ cluster }: Examination, index: readonly string[]): Promise<Reach['leftOut']> {
  const reach = new Reach();
  await lookAtRemotes({ cluster, reach }, index);
  return reach.leftOut;
}
