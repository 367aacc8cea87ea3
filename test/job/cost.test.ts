import { parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { ENTITY_KINDS, type EntityKind } from '../../src/domain/matrix.js';
import {
  costPartsOf,
  costText,
  estimateCost,
  overBounds,
  type CostEstimate,
  type CostParts,
} from '../../src/job/cost.js';
import { readWindows } from '../../src/job/history.js';
import { SiteEngines } from '../../src/job/sites.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { storeWith, type FilledStore } from './job-on-store.js';

const NOW_MS = Date.UTC(2026, 10, 24);

interface Actual {
  readonly events: number;
  readonly bytes: number;
  readonly entities: Readonly<Record<EntityKind, number>>;
  readonly stateBytes: number;
}

describeSamples('the estimate of what a job costs', () => {
  let store: FilledStore;
  beforeAll(async () => {
    store = await storeWith(sampleFile('flows/portscan_nmap/conn.log.gz'));
  }, 60_000);
  afterAll(() => store.destroy());

  async function estimated(
    text: string,
    sample = 20_000,
  ): Promise<{ cost: CostEstimate; parts: CostParts; config: Config }> {
    const config = parseConfig(text, 'test.yml');
    const parts = { ...costPartsOf(config, store.events, NOW_MS), sample };
    const cost = await estimateCost(parts, (await store.events.range())!);
    return { cost: cost!, parts, config };
  }

  /** What the fullest window came to. */
  async function actual(parts: CostParts, config: Config): Promise<Actual> {
    const engines = new SiteEngines(config.features);
    let most: Actual | undefined;
    for (const window of await readWindows(parts, (await store.events.range())!)) {
      const features = engines.compute(window);
      engines.advance(features);
      const entities = Object.fromEntries(
        ENTITY_KINDS.map((kind) => [kind, features.matrices[kind].entities.length]),
      ) as Record<EntityKind, number>;
      const { length: events, bytes } = window.events;
      if (!most || events > most.events) most = { events, bytes, entities, stateBytes: 0 };
    }
    return { ...most!, stateBytes: engines.usage.bytes };
  }

  it.each([
    ['5m', 20_000],
    ['1h', 20_000],
    ['1h', 1000],
  ])('is within a factor of two of what windows of %s come to, by %d events', async (length, sample) => {
    const { cost, parts, config } = await estimated(`schedule: { windowLength: ${length} }`, sample);
    const came = await actual(parts, config);
    const isNear = (estimate: number, value: number): void => {
      expect(estimate).toBeGreaterThanOrEqual(value / 2);
      expect(estimate).toBeLessThanOrEqual(value * 2);
    };
    isNear(cost.peakEvents, came.events);
    isNear(cost.windowBytes, came.bytes);
    for (const kind of ENTITY_KINDS) isNear(cost.entities[kind], came.entities[kind]);
    expect(overBounds(cost, parts)).toEqual([]);
    expect(costText(cost)).toMatch(
      /^[\d,]+ events? a day, which are [\d,]+ MB to read; a window has [\d,]+ events? on average; the fullest one has [\d,]+ events? \(.*\) and takes [\d,]+ requests?; about [\d,]+ MB of memory are needed/,
    );
  });

  it('says what is over its bound, what then happens, and what would help', async () => {
    const { cost, parts } = await estimated(
      '{ schedule: { windowLength: 1h }, normalize: { maxWindowMb: 1 }, features: { maxEntities: { pair: 100 } }, elasticsearch: { maxEventsPerSecond: 100 } }',
    );
    const busy = { ...cost, eventsPerSecond: 5200, windowBytes: 2_500_000 };
    expect(overBounds(busy, parts).map(({ message }) => message)).toEqual([
      expect.stringMatching(/takes \d+ MB, normalize.maxWindowMb is 1: events beyond it are left out/),
      expect.stringMatching(/about [\d,]+ pairs, features.maxEntities.pair is 100: .* share one row/),
      '5,200 events come in a second, elasticsearch.maxEventsPerSecond is 100: windows fall behind for good',
    ]);
  });
});
