import { CONCURRENCY } from '../../src/alert/deliver.js';
import { Random } from '../../src/domain/random.js';
import { startElasticsearch, type RunningServer } from '../elastic/server.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { SCENARIOS } from './scenarios.js';
import { verify } from './verify.js';
import { World } from './world.js';

/** A few of each kind; `npm run verify:faults` does the long counts, of each by itself. */
const FEW: Readonly<Record<string, number>> = {
  kill: 2,
  'elasticsearch-killed': 1,
  late: 1,
  paused: 1,
  all: 1,
};

describeElasticsearch('faults, against the same logs without them', () => {
  let server: RunningServer;
  let world: World;

  beforeAll(async () => {
    server = await startElasticsearch();
    world = new World(() => server.url);
    await world.fill();
  }, 300_000);
  afterAll(async () => {
    await world.end();
    await server.stop();
  });

  it.each(
    SCENARIOS.filter(({ name }) => FEW[name] !== undefined).map(
      (scenario) => [scenario.about, scenario] as const,
    ),
  )(
    'lose, double and falsify nothing: %s',
    async (_about, scenario) => {
      const verdict = await verify(scenario, { world, server, random: new Random(5) }, FEW[scenario.name]);
      const { name: _name, faults, toldAgain, ...counts } = verdict;
      expect(faults).toBeGreaterThan(0);
      expect(toldAgain).toBeLessThanOrEqual(faults * CONCURRENCY);
      expect(counts).toEqual({
        lost: 0,
        invented: 0,
        wrong: 0,
        windowsUnaccounted: 0,
        alertsLost: 0,
        notTold: 0,
      });
    },
    // A hang alone is cut off: two services over a bad network take minutes where the machine is busy.
    900_000,
  );
});
