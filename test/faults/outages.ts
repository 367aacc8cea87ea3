/**
 * Stretches of time in which a service can do nothing, and must say so until they are over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ElkhoundProcess } from '../acceptance/process.js';
import { FaultProxy } from './proxy.js';
import { nextWindow } from './moments.js';
import { finish, inTime, type RunSettings, type Scenario, type Stage } from './verify.js';
import type { World } from './world.js';

/** What blinds a service for a while. */
interface Blinding {
  /** It begins before the service does, and happens once. (Default: in the middle of its windows) */
  readonly fromStart?: boolean;
  readonly begin: (world: World, proxy: FaultProxy) => Promise<unknown>;
  readonly end: (world: World, proxy: FaultProxy) => Promise<unknown>;
}

/** Longer than the lease of the services, so that it ends meanwhile. */
const BLIND_MS = 15_000;
const LOOK_MS = 100;
const LOST = '"does not work; tried again until it does"';
const BACK = '"works again after';

/** The server cannot be reached. */
export const unreachable: Blinding = {
  begin: (_world, proxy) => Promise.resolve((proxy.outage = 'reset')),
  end: (_world, proxy) => Promise.resolve((proxy.outage = undefined)),
};

/** The server takes requests and never answers. */
export const silent: Blinding = {
  begin: (_world, proxy) => Promise.resolve((proxy.outage = 'silence')),
  end: (_world, proxy) => Promise.resolve((proxy.outage = undefined)),
};

/** The index of states, where the lease lies too, takes no writes. */
export const stateBlocked: Blinding = {
  begin: (world) => block(world, 'elkhound-state', true),
  end: (world) => block(world, 'elkhound-state', null),
};

/** The indices of results take no writes, while the lease can be renewed. */
export const resultsBlocked: Blinding = {
  begin: (world) => block(world, 'elkhound-windows-*', true),
  end: (world) => block(world, 'elkhound-windows-*', null),
};

/** The whole cluster takes no writes. */
export const readOnly: Blinding = {
  begin: (world) => readOnlyCluster(world, true),
  end: (world) => readOnlyCluster(world, null),
};

/** No index comes to be by a write to it, from before the service starts. */
export const autoCreateOff: Blinding = {
  fromStart: true,
  begin: (world) => setCluster(world, 'action.auto_create_index', 'logs-*'),
  end: (world) => setCluster(world, 'action.auto_create_index', null),
};

function block(world: World, index: string, on: true | null): Promise<unknown> {
  return world.ask('PUT', `${index}/_settings`, { 'index.blocks.write': on });
}

function readOnlyCluster(world: World, on: true | null): Promise<unknown> {
  return setCluster(world, 'cluster.blocks.read_only', on);
}

function setCluster(world: World, name: string, value: unknown): Promise<unknown> {
  return world.ask('PUT', '_cluster/settings', { persistent: { [name]: value } });
}

/** A service that is blinded in the middle of its windows, and watched by its `/readyz` meanwhile. */
export function blinded({ begin, end, fromStart = false }: Blinding): Scenario['run'] {
  return async (stage: Stage, settings: RunSettings) => {
    const { world, random, times } = stage;
    const proxy = await FaultProxy.start({ target: world.url, random, mischief: [], share: 0 });
    if (fromStart) await begin(world, proxy);
    const service = world.service({ url: proxy.url, windowsPerTick: 1, ...settings });
    try {
      let outages = 0;
      for (; outages < (fromStart ? 1 : times); outages++) {
        const address = await service.address();
        if (!fromStart) {
          await nextWindow(service);
          // A busy machine may have outages of its own.
          await inTime(
            service,
            service.until(async () => service.ended || (await isReady(address)), 'a word that it is ready'),
          );
          if (service.ended) break;
        }
        // What it told of before is a busy machine's.
        const before = fromStart ? 0 : service.stderr.length;
        if (!fromStart) await begin(world, proxy);
        try {
          await inTime(service, watch(service, address));
          expectTold(service.stderr.slice(before), 1, 0);
        } finally {
          await end(world, proxy);
        }
        await inTime(service, isBack(service, address, before));
      }
      await finish(service);
      return outages;
    } finally {
      await service.stop('SIGKILL');
      await proxy.stop();
    }
  };
}

/** Waits until the service says that it is not ready, and sees that it says so from then on. */
async function watch(service: ElkhoundProcess, address: string): Promise<void> {
  await service.until(async () => !(await isReady(address)), 'a word that it is not ready');
  for (let waited = 0; waited < BLIND_MS; waited += LOOK_MS) {
    if (await isReady(address)) throw new Error('the service says that it is ready while it is blind');
    await delay(LOOK_MS);
  }
}

/**
 * Waits until it is ready again, and sees that it has told of the outage once, and once of its end.
 * @param before what it had said when the outage began, characters
 */
async function isBack(service: ElkhoundProcess, address: string, before: number): Promise<void> {
  await service.until(async () => service.ended || (await isReady(address)), 'a word that it is ready again');
  const told = (): string => service.stderr.slice(before);
  await service.until(() => service.ended || told().includes(BACK), 'a line that it works again');
  expectTold(told().slice(0, told().indexOf(BACK) + BACK.length), 1, 1);
}

function expectTold(text: string, lost: number, back: number): void {
  const lines = text.split('\n').filter((line) => line.includes(LOST) || line.includes(BACK));
  const backs = lines.filter((line) => line.includes(BACK)).length;
  if (backs === back && lines.length - backs === lost) return;
  throw new Error(
    `the outage is to be told ${String(lost)}, its end ${String(back)} times:\n${lines.join('\n')}`,
  );
}

async function isReady(address: string): Promise<boolean> {
  const response = await fetch(`${address}/readyz`).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.status === 200;
}
