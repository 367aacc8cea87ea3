/**
 * Whether our indices take what is written, found by trying.
 */
import { randomUUID } from 'node:crypto';
import { INDEX_PREFIX } from '../../../documents/index-definition.js';
import { STATE, toStateDocument } from '../../../documents/state.js';
import { AppError } from '../../../domain/error.js';
import type { Finding } from '../../finding.js';
import type { Cluster } from '../cluster.js';
import type { Examination } from './examination.js';

const CHECK = 'writing';
const BLOCKS = ['write', 'read_only', 'read_only_allow_delete'];

/** Makes an index and a state of its own and takes them away again, and looks for blocks on the others. */
export async function examineWriting({ cluster }: Examination): Promise<Finding[]> {
  const findings = [...(await tried(cluster, tryNewIndex)), ...(await tried(cluster, tryState))];
  findings.push(...(await blocked(cluster)));
  if (findings.length > 0) return findings;
  return [{ check: CHECK, status: 'ok', message: 'a document was written and removed, and an index made' }];
}

async function tried(cluster: Cluster, attempt: (cluster: Cluster) => Promise<unknown>): Promise<Finding[]> {
  try {
    await attempt(cluster);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Which privilege is missing is told by a check of its own.
    if (error.code === 'unauthorized') return [];
    const remedy = error.message.includes('auto_create_index')
      ? {
          remedy: `PUT _cluster/settings {"persistent": {"action.auto_create_index": "+${INDEX_PREFIX}*,…"}}`,
        }
      : {};
    return [{ check: CHECK, status: 'failure', message: error.message, ...remedy }];
  }
}

/** An index of each month comes to be by the first write to it. */
async function tryNewIndex(cluster: Cluster): Promise<void> {
  const index = `${INDEX_PREFIX}probe-${randomUUID()}`;
  await cluster.ask('make an index by writing to it', (client) => client.index({ index, document: {} }));
  await cluster.ask('delete the index of the test', (client) => client.indices.delete({ index }));
}

async function tryState(cluster: Cluster): Promise<void> {
  const { name: index } = STATE;
  if (!(await cluster.ask(`look for ${index}`, (client) => client.indices.exists({ index })))) return;
  const id = 'doctor';
  await cluster.ask(`write to ${index}`, (client) =>
    client.index({ index, id, document: toStateDocument(id, 1, '', undefined) }),
  );
  await cluster.ask(`delete from ${index}`, (client) => client.delete({ index, id }, { ignore: [404] }));
}

async function blocked(cluster: Cluster): Promise<Finding[]> {
  const answer = await cluster
    .ask('look at the settings of our indices', (client) =>
      client.indices.getSettings({ index: `${INDEX_PREFIX}*`, name: 'index.blocks.*', flat_settings: true }),
    )
    .catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'unauthorized') return {};
      throw error;
    });
  return Object.entries(answer).flatMap(([index, { settings = {} }]) =>
    BLOCKS.map((block) => `index.blocks.${block}`)
      .filter((name) => String((settings as Record<string, unknown>)[name]) === 'true')
      .map((name): Finding => ({
        check: CHECK,
        status: 'failure',
        message: `${index} takes no writes: ${name} is set`,
        remedy: `PUT ${index}/_settings {"${name}": null}, after freeing disk space where that is why`,
      })),
  );
}
