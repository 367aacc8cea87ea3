/**
 * Which of the indices that hold the logs cannot be read, and why.
 */
import { AppError } from '../../../domain/error.js';
import type { Finding } from '../../finding.js';
import type { Examination } from './examination.js';
import { listed } from './listed.js';
import { examineRemotes } from './remotes.js';

const CHECK = 'indices';

interface Unreadable {
  readonly index: string;
  readonly why: 'red' | 'blocked';
}

/** What cannot be read, as findings, and the index expressions without it. */
export async function examineIndices(
  examination: Examination,
): Promise<{ readonly findings: Finding[]; readonly readable: readonly string[] }> {
  const remotes = await examineRemotes(examination);
  const indices = examination.indices.filter((name) => !remotes.unreadable.includes(name));
  const local = indices.filter((name) => !name.includes(':'));
  const bad = local.length === 0 ? [] : [...(await redOf(examination)), ...(await blockedOf(examination))];
  const names = new Set(bad.map(({ index }) => index));
  const kept = indices.filter((name) => !names.has(name));
  // Exclusions have an effect after a pattern only.
  const isPattern = kept.some((name) => name.includes('*'));
  return {
    findings: [...findingOf('red', bad), ...findingOf('blocked', bad), ...remotes.findings],
    readable: isPattern ? [...kept, ...[...names].map((name) => `-${name}`)] : kept,
  };
}

function findingOf(which: Unreadable['why'], bad: readonly Unreadable[]): Finding[] {
  const names = bad.filter(({ why }) => why === which).map(({ index }) => index);
  if (names.length === 0) return [];
  const first = names[0]!;
  if (which === 'red') {
    const message = `red, so that not all of their events can be read: ${listed(names)}`;
    const remedy = `see what its shards wait for (GET _cluster/allocation/explain), and mend it, or leave it out of elasticsearch.indices ("-${first}")`;
    return [{ check: CHECK, status: 'failure', message, remedy }];
  }
  const message = `index.blocks.read is set, so that nothing can be read: ${listed(names)}`;
  const remedy = `PUT ${first}/_settings {"index.blocks.read": null}, or leave it out of elasticsearch.indices ("-${first}")`;
  return [{ check: CHECK, status: 'failure', message, remedy }];
}

async function redOf({ cluster, indices }: Examination): Promise<Unreadable[]> {
  const index = indices.filter((name) => !name.includes(':'));
  const answer = await orNothing(() =>
    cluster.ask('look at the health of the indices', (client) =>
      client.cluster.health({ index, level: 'indices', expand_wildcards: 'open', timeout: '1s' }),
    ),
  );
  return Object.entries(answer?.indices ?? {})
    .filter(([, { status }]) => status.toLowerCase() === 'red')
    .map(([name]) => ({ index: name, why: 'red' }));
}

async function blockedOf({ cluster, indices }: Examination): Promise<Unreadable[]> {
  const index = indices.filter((name) => !name.includes(':'));
  const answer = await orNothing(() =>
    cluster.ask('look at the settings of the indices', (client) =>
      client.indices.getSettings({
        index,
        name: 'index.blocks.read',
        ignore_unavailable: true,
        expand_wildcards: 'open',
        flat_settings: true,
      }),
    ),
  );
  return Object.entries(answer ?? {})
    .filter(([, { settings }]) => String(settings?.['index.blocks.read']) === 'true')
    .map(([name]) => ({ index: name, why: 'blocked' }));
}

/** Who may not look, or names what is not there, learns of it by other checks. */
async function orNothing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError && ['unauthorized', 'not_found', 'timeout'].includes(error.code))
      return undefined;
    throw error;
  }
}
