/**
 * Logs beside the others, which cannot be read for a while: those of a red index, or of a remote cluster that
 * is away. The rest is read meanwhile.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ElkhoundProcess } from '../acceptance/process.js';
import { nextWindow } from './moments.js';
import { finish, inTime, type Scenario, type Stage } from './verify.js';
import type { Place, World } from './world.js';

export const BRANCH = 'branch-logs';
const TOLD_LOST = 'cannot be read, the rest goes on';
const TOLD_BACK = 'can be read again';
/** Windows that have to be done without the branch before it is back. */
const WITHOUT = 3;
const LOOK_MS = 100;

/** Where the branch lies. */
export type BranchPlace = Place & { readonly index: typeof BRANCH };

/** What keeps the branch from being read. */
interface Absence {
  /** What the service calls it. */
  readonly source: string;
  readonly begin: (stage: Stage) => Promise<unknown>;
  readonly end: (stage: Stage) => Promise<unknown>;
}

/** An index like that of the other logs; on a remote cluster, one that the first cluster knows. */
export async function prepareBranch(world: World, { index, url }: BranchPlace): Promise<void> {
  const known = await world.ask<Record<string, { mappings: object }>>('GET', 'logs-*/_mapping');
  const { mappings } = Object.values(known)[0]!;
  await world.ask('PUT', index, { mappings, settings: { number_of_replicas: 0 } }, url);
  if (url === undefined) {
    // While the branch is red no index comes to be, and the first anomaly would wait for those of its month.
    const month = new Date(world.usualEndMs).toISOString().slice(0, 7).replace('-', '.');
    for (const kind of ['anomalies', 'alerts']) await world.ask('PUT', `elkhound-${kind}-${month}`);
    return;
  }
  const { nodes } = await world.ask<{ nodes: Record<string, { transport_address: string }> }>(
    'GET',
    '_nodes',
    undefined,
    url,
  );
  const seeds = Object.values(nodes).map((node) => node.transport_address);
  await world.ask('PUT', '_cluster/settings', { persistent: { 'cluster.remote.east.seeds': seeds } });
}

/**
 * Its only copy is given up, and no node takes one. A rule of allocation would not do: Elasticsearch overrides
 * it for the only copy of a shard, which would be back within the second.
 */
export const redIndex: Absence = {
  source: BRANCH,
  begin: async ({ world }) => {
    await primariesAtOnce(world, 0);
    const shards = await world.ask<{ node: string }[]>('GET', `_cat/shards/${BRANCH}?h=node&format=json`);
    const cancel = { index: BRANCH, shard: 0, node: shards[0]!.node, allow_primary: true };
    await world.ask('POST', '_cluster/reroute', { commands: [{ cancel }] });
    await untilHealth(world, 'red');
  },
  end: async ({ world }) => {
    await primariesAtOnce(world, null);
    await world.ask('POST', '_cluster/reroute');
    await untilHealth(world, 'green');
  },
};

/** How many shards a node may recover side by side from what it holds. */
function primariesAtOnce(world: World, count: number | null): Promise<unknown> {
  const name = 'cluster.routing.allocation.node_initial_primaries_recoveries';
  return world.ask('PUT', '_cluster/settings', { persistent: { [name]: count } });
}

async function untilHealth(world: World, status: string): Promise<void> {
  const path = `_cat/indices/${BRANCH}?h=health&format=json`;
  while ((await world.ask<{ health: string }[]>('GET', path))[0]!.health !== status) await delay(LOOK_MS);
}

/** The only node of a remote cluster is killed, and started again. */
export const remoteAway: Absence = {
  source: 'east:*',
  begin: ({ remote }) => remote!.kill(0),
  end: ({ remote }) => remote!.restart(0),
};

/** A service that reads the rest without the branch, says so, and reads what it lacks when the branch is back. */
export function lacking(absence: Absence): Scenario['run'] {
  return async (stage, settings) => {
    const { world, times } = stage;
    const service = world.service({ url: world.url(), windowsPerTick: 1, ...settings });
    try {
      const address = await service.address();
      for (let absences = 0; absences < times; absences++) {
        await nextWindow(service);
        const before = service.stderr.length;
        await absence.begin(stage);
        try {
          await inTime(service, goesOn(service, address, absence.source));
        } finally {
          await absence.end(stage);
        }
        await inTime(service, isBack(service, before, absence.source));
      }
      await finish(service);
      return times;
    } finally {
      await service.stop('SIGKILL');
    }
  };
}

/** Waits until its page says what it does not read, and it reads the rest. */
async function goesOn(service: ElkhoundProcess, address: string, source: string): Promise<void> {
  // A service that ends meanwhile has no page any more, and its last words say more.
  const isTold = async (): Promise<boolean> => {
    const page = await fetch(address).catch(() => undefined);
    return page !== undefined && (await page.text()).includes(`${source} is not read`);
  };
  await service.until(isTold, `a word that ${source} is not read`);
  for (let windows = 0; windows < WITHOUT; windows++) await nextWindow(service);
}

/** Waits until it says that all can be read again, and sees that it has told of both once. */
async function isBack(service: ElkhoundProcess, before: number, source: string): Promise<void> {
  const count = (text: string): number =>
    service.stderr.slice(before).split(`"message":"${source} ${text}`).length - 1;
  await service.until(() => count(TOLD_BACK) > 0, `a word that ${source} ${TOLD_BACK}`);
  if (count(TOLD_LOST) !== 1 || count(TOLD_BACK) !== 1) {
    throw new Error(`told ${String(count(TOLD_LOST))} times lost, ${String(count(TOLD_BACK))} times back`);
  }
}
