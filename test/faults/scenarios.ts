/**
 * What happens to a cluster, a network, a clock and a service.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  clockSet,
  elasticsearchKilled,
  indexDeleted,
  mappingConflict,
  nodeLost,
  writeBlocked,
  type Happening,
} from './happenings.js';
import { daysLate, hoursLate, inTwoIndices, onTwoClusters } from './arrivals.js';
import { BRANCH, lacking, redIndex, remoteAway } from './branch.js';
import { moment, nextWindow, SOON_MS } from './moments.js';
import {
  autoCreateOff,
  blinded,
  readOnly,
  resultsBlocked,
  silent,
  stateBlocked,
  unreachable,
} from './outages.js';
import { FaultProxy, type Mischief } from './proxy.js';
import { finish, type RunSettings, type Scenario, type Stage } from './verify.js';

/** Longer than the lease of the services. */
const PAUSE_MS = 6500;

/** Kills a service at random moments, and starts it again. */
async function killed(stage: Stage, settings: RunSettings): Promise<number> {
  const { world, times } = stage;
  for (let kills = 0; kills < times; kills++) {
    const service = world.service({ url: world.url(), windowsPerTick: 1, ...settings });
    if (!(await moment(service, stage, kills))) {
      await finish(service);
      return kills;
    }
    await service.stop('SIGKILL');
  }
  await finish(world.service({ url: world.url(), ...settings }));
  return times;
}

/** What a service has to live with, all at one time. */
interface Trouble {
  /** Each of them at as many random moments as the scenario has times. */
  readonly happenings?: readonly Happening[];
  /** What a proxy does to a share of the requests, in turn. */
  readonly mischief?: readonly Mischief[];
  readonly share?: number;
}

/** A service under trouble. */
function under({ happenings = [], mischief = [], share = 0 }: Trouble): Scenario['run'] {
  return async (stage, settings) => {
    const { world, server, random, times } = stage;
    const proxy = await FaultProxy.start({ target: world.url, random, mischief, share });
    const setsClock = happenings.includes(clockSet);
    if (setsClock) world.setClock(0);
    const clocksSet = world.clocksSet;
    const url = mischief.length > 0 ? proxy.url : server.urls.join(',');
    const pace = happenings.length > 0 ? { windowsPerTick: 1 } : {};
    const service = world.service({ url, ...pace, settableClock: setsClock, ...settings });
    try {
      let happened = 0;
      for (let time = 0; time < times * happenings.length; time++) {
        if (!(await moment(service, stage, time))) break;
        await happenings[time % happenings.length]!(stage);
        happened++;
      }
      if (setsClock) world.setClock(0);
      await finish(service);
      if (setsClock && world.clocksSet === clocksSet) throw new Error('the service has seen no other clock');
      const idle = mischief.filter((kind) => proxy.hits[kind] === undefined);
      if (idle.length > 0) throw new Error(`no request met with ${idle.join(', ')}`);
      return Object.values(proxy.hits).reduce((sum, hits) => sum + hits, happened);
    } finally {
      await service.stop('SIGKILL');
      await proxy.stop();
    }
  };
}

/** Of two services the one that runs the job is stopped for longer than its lease, and goes on. */
async function paused(stage: Stage, settings: RunSettings): Promise<number> {
  const { world, times } = stage;
  const services = [0, 1].map(() => world.service({ url: world.url(), windowsPerTick: 1, ...settings }));
  let pauses = 0;
  for (; pauses < times; pauses++) {
    const running = await Promise.race(services.map((one) => nextWindow(one).then(() => one)));
    await delay(stage.random.next() * SOON_MS);
    if (services.some(({ ended }) => ended)) break;
    running.signal('SIGSTOP');
    await delay(PAUSE_MS);
    running.signal('SIGCONT');
  }
  await Promise.race(services.map(finish));
  await Promise.all(services.map((service) => service.stop()));
  return pauses;
}

const CLUSTER_MISCHIEF: readonly Mischief[] = ['too_many', 'unavailable'];
const NETWORK_MISCHIEF: readonly Mischief[] = ['cut_before', 'cut_after', 'trickle'];

export const SCENARIOS: readonly Scenario[] = [
  { name: 'kill', about: 'the service is killed at random moments', times: 50, run: killed },
  {
    name: 'elasticsearch-killed',
    about: 'Elasticsearch is killed and started again while it is read, written and counted',
    times: 6,
    run: under({ happenings: [elasticsearchKilled] }),
  },
  {
    name: 'node-lost',
    about: 'one of three nodes is lost and comes back',
    times: 5,
    nodes: 3,
    run: under({ happenings: [nodeLost] }),
  },
  {
    name: 'busy',
    about: 'answers 429 and 503',
    times: 1,
    run: under({ mischief: CLUSTER_MISCHIEF, share: 0.03 }),
  },
  {
    name: 'network',
    about: 'connections are cut before and after the answer, answers trickle',
    times: 1,
    run: under({ mischief: NETWORK_MISCHIEF, share: 0.05 }),
  },
  {
    name: 'half-bulk',
    about: 'every other item of a bulk is refused',
    times: 1,
    run: under({ mischief: ['half_bulk'], share: 0.5 }),
  },
  {
    name: 'late',
    about: 'documents come seconds, an hour, a day and two days late, and the service is killed meanwhile',
    times: 10,
    lateness: '3d',
    windowLength: '15m',
    arrivals: daysLate,
    run: killed,
  },
  {
    name: 'too-late',
    about: 'documents come later than the horizon: counted, not read, and the service is killed meanwhile',
    times: 5,
    lateness: '4h',
    arrivals: hoursLate,
    run: killed,
  },
  {
    name: 'paused',
    about: 'of two services the one that runs the job is paused past its lease',
    times: 6,
    run: paused,
  },
  {
    name: 'write-blocked',
    about: 'our indices refuse writes, as on a full disk',
    times: 8,
    run: under({ happenings: [writeBlocked] }),
  },
  {
    name: 'unreachable',
    about: 'Elasticsearch cannot be reached for longer than the lease; never ready meanwhile',
    times: 4,
    run: blinded(unreachable),
  },
  {
    name: 'silent',
    about:
      'Elasticsearch takes requests and does not answer for longer than the lease; never ready meanwhile',
    times: 3,
    run: blinded(silent),
  },
  {
    name: 'state-blocked',
    about: 'the index of states takes no writes; never ready meanwhile',
    times: 3,
    run: blinded(stateBlocked),
  },
  {
    name: 'results-blocked',
    about: 'the indices of results take no writes while the lease is renewed; never ready meanwhile',
    times: 3,
    run: blinded(resultsBlocked),
  },
  {
    name: 'read-only',
    about: 'the whole cluster takes no writes; never ready meanwhile',
    times: 3,
    run: blinded(readOnly),
  },
  {
    name: 'auto-create-off',
    about: 'no index comes to be by a write to it when the service starts; never ready meanwhile',
    times: 1,
    run: blinded(autoCreateOff),
  },
  {
    name: 'red-index',
    about: 'one of the indices that are read is red for a while; the rest is read, and it when it is back',
    times: 1,
    arrivals: inTwoIndices,
    indices: ['logs-*', `${BRANCH}*`],
    isReadAgain: true,
    run: lacking(redIndex),
  },
  {
    name: 'remote-away',
    about: 'a remote cluster is killed and started again; the rest is read, and it when it is back',
    times: 1,
    hasRemote: true,
    arrivals: onTwoClusters,
    indices: ['logs-*', `east:${BRANCH}*`],
    isReadAgain: true,
    run: lacking(remoteAway),
  },
  {
    name: 'clock',
    about: 'the clock of the service is set hours ahead and back',
    times: 20,
    run: under({ happenings: [clockSet] }),
  },
  {
    name: 'conflict',
    about: 'an index appears whose fields are of other types',
    times: 5,
    run: under({ happenings: [mappingConflict] }),
  },
  {
    name: 'deleted',
    about: 'an index that holds nothing of the time is deleted while others are read',
    times: 20,
    run: under({ happenings: [indexDeleted] }),
  },
  {
    name: 'all',
    about:
      'all at once: a busy cluster, a bad network, blocked, odd and deleted indices, and a clock that is set',
    times: 3,
    run: under({
      mischief: [...CLUSTER_MISCHIEF, ...NETWORK_MISCHIEF, 'half_bulk'],
      share: 0.05,
      happenings: [clockSet, indexDeleted, mappingConflict, writeBlocked],
    }),
  },
];
