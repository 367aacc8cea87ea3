/**
 * What happens to a cluster, a network, a clock and a service.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ElkhoundProcess } from '../acceptance/process.js';
import { FaultProxy, type Mischief } from './proxy.js';
import { finish, type Scenario, type Stage } from './verify.js';
import type { World } from './world.js';

/** How far a clock is set off. */
const FARTHEST_CLOCK_MS = 12 * 3_600_000;

/** Does something to a service at random moments of its run, and starts it again where it died. */
async function killed({ world, random, times }: Stage, settings: { lateness?: string }): Promise<number> {
  let kills = 0;
  while (kills < times) {
    const service = world.service({ url: world.url(), windowsPerTick: 3, ...settings });
    const ended = await Promise.race([service.end(), delay(500 + random.next() * 2500, 'running' as const)]);
    if (ended === 0) return kills;
    await service.stop('SIGKILL');
    kills++;
  }
  await finish(world.service({ url: world.url(), ...settings }));
  return kills;
}

/** Lets a service run while something happens beside it. */
async function beside({ world }: Stage, url: string, happens: () => Promise<number>): Promise<number> {
  const service = world.service({ url, windowsPerTick: 2 });
  await service.address();
  const times = await happens();
  await finish(service);
  return times;
}

/** A service behind a proxy that hits a share of its requests, as many as there are. */
function through(mischief: readonly Mischief[], share: number): Scenario['run'] {
  return async ({ world, random }, settings) => {
    const proxy = await FaultProxy.start({ target: world.url, random, mischief, share });
    try {
      await finish(world.service({ url: proxy.url, ...settings }));
      return Object.values(proxy.hits).reduce((sum, hits) => sum + hits, 0);
    } finally {
      await proxy.stop();
    }
  };
}

/** Documents of connections from some ports in a stretch of time. */
function some(world: World, fromEndH: number, toEndH: number, fromPort: number): object {
  const at = (hours: number): string => new Date(world.endMs - hours * 3_600_000).toISOString();
  return {
    bool: {
      filter: [
        { range: { '@timestamp': { gte: at(fromEndH), lt: at(toEndH) } } },
        { range: { 'source.port': { gte: fromPort, lt: fromPort + 3000 } } },
      ],
    },
  };
}

/** Documents that come after their windows were read: the newest ones, and some an hour and more old. */
async function lateDocuments(world: World, phase: () => Promise<void>): Promise<void> {
  const newest = await world.withhold(some(world, 1, 0, 53_000));
  const anHour = await world.withhold(some(world, 3, 1, 50_000));
  const hours = await world.withhold(some(world, 9, 5, 55_000));
  for (const { documents } of [newest, anHour, hours]) {
    if (documents === 0) throw new Error('no document is late, so that nothing would be shown');
  }
  await phase();
  for (const part of [newest, anHour, hours]) {
    await part.arrive();
    await phase();
  }
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'kill', about: 'the service is killed at random moments', times: 50, run: killed },
  {
    name: 'elasticsearch-killed',
    about: 'Elasticsearch is killed and started again while it is read, written and counted',
    times: 6,
    run: (stage) =>
      beside(stage, stage.world.url(), async () => {
        for (let time = 0; time < stage.times; time++) {
          await delay(300 + stage.random.next() * 2000);
          await stage.server.kill(0);
          await stage.server.restart(0);
        }
        return stage.times;
      }),
  },
  {
    name: 'node-lost',
    about: 'one of three nodes is lost and comes back',
    times: 3,
    nodes: 3,
    run: (stage) =>
      beside(stage, stage.server.urls.join(','), async () => {
        for (let time = 0; time < stage.times; time++) {
          await delay(300 + stage.random.next() * 1500);
          await stage.server.kill(2);
          await delay(3000);
          await stage.server.restart(2);
        }
        return stage.times;
      }),
  },
  { name: 'busy', about: 'answers 429 and 503', times: 15, run: through(['too_many', 'unavailable'], 0.03) },
  {
    name: 'network',
    about: 'connections are cut before and after the answer, answers trickle',
    times: 1,
    run: through(['cut_before', 'cut_after', 'trickle'], 0.05),
  },
  {
    name: 'half-bulk',
    about: 'every other item of a bulk is refused',
    times: 1,
    run: through(['half_bulk'], 0.5),
  },
  {
    name: 'late',
    about: 'documents come seconds, an hour and hours late, and the service is killed meanwhile',
    times: 10,
    arrivals: lateDocuments,
    run: killed,
  },
  {
    name: 'too-late',
    about: 'documents come later than the horizon: counted, not read, and the service is killed meanwhile',
    times: 5,
    lateness: '4h',
    arrivals: lateDocuments,
    run: killed,
  },
  {
    name: 'paused',
    about: 'of two services the one that runs the job is paused past its lease',
    times: 6,
    run: async ({ world, random, times }) => {
      let [first, second] = [0, 1].map(() => world.service({ url: world.url(), windowsPerTick: 1 })) as [
        ElkhoundProcess,
        ElkhoundProcess,
      ];
      await first.address();
      let paused = 0;
      for (; paused < times; paused++) {
        await delay(500 + random.next() * 2000);
        if (first.ended || second.ended) break;
        first.signal('SIGSTOP');
        await delay(8000);
        first.signal('SIGCONT');
        [first, second] = [second, first];
      }
      await Promise.race([first.end(), second.end()]);
      await Promise.all([first.stop(), second.stop()]);
      return paused;
    },
  },
  {
    name: 'write-blocked',
    about: 'our indices refuse writes, as on a full disk',
    times: 8,
    run: (stage) =>
      beside(stage, stage.world.url(), async () => {
        const block = (on: boolean): Promise<unknown> =>
          stage.world.ask('PUT', 'elkhound-*/_settings', {
            'index.blocks.read_only_allow_delete': on ? true : null,
          });
        for (let time = 0; time < stage.times; time++) {
          await delay(300 + stage.random.next() * 1000);
          await block(true);
          await delay(2000);
          await block(false);
        }
        return stage.times;
      }),
  },
  {
    name: 'clock',
    about: 'the clock of the service is set hours ahead and back',
    times: 20,
    run: async ({ world, random, times }) => {
      const before = world.clocksSet;
      world.setClock(0);
      const service = world.service({ url: world.url(), windowsPerTick: 1, settableClock: true });
      await service.address();
      for (let set = 0; set < times && !service.ended; set++) {
        await delay(500 + random.next() * 1500);
        world.setClock((random.next() - 0.5) * 2 * FARTHEST_CLOCK_MS);
      }
      world.setClock(0);
      await finish(service);
      return world.clocksSet - before;
    },
  },
  {
    name: 'conflict',
    about: 'an index appears whose fields are of other types',
    times: 1,
    run: (stage) =>
      beside(stage, stage.world.url(), async () => {
        const properties = {
          '@timestamp': { type: 'date' },
          source: {
            properties: { ip: { type: 'text' }, bytes: { type: 'keyword' }, port: { type: 'keyword' } },
          },
        };
        await stage.world.ask('PUT', 'logs-odd-test', { mappings: { properties } });
        const old = {
          '@timestamp': '2001-01-01T00:00:00Z',
          source: { ip: 'no address', bytes: 'many', port: 'x' },
        };
        await stage.world.ask('POST', 'logs-odd-test/_doc?refresh=true', old);
        return 1;
      }).finally(() => stage.world.ask('DELETE', 'logs-odd-test')),
  },
  {
    name: 'deleted',
    about: 'an index that holds nothing of the time is deleted while others are read',
    times: 20,
    run: (stage) =>
      beside(stage, stage.world.url(), async () => {
        for (let time = 0; time < stage.times; time++) {
          const name = `logs-gone-${String(time)}`;
          const old = { '@timestamp': '2001-01-01T00:00:00Z', message: 'of long ago' };
          await stage.world.ask('POST', `${name}/_doc?refresh=true`, old);
          await delay(200 + stage.random.next() * 500);
          await stage.world.ask('DELETE', name);
        }
        return stage.times;
      }),
  },
];
