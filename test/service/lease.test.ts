import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ManualClock, systemClock, uptimeClock } from '../../src/domain/clock.js';
import type { StateStore } from '../../src/store/ports.js';
import { createLogger } from '../../src/observe/logger.js';
import { Lease } from '../../src/service/lease.js';
import { openElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import type { Store } from '../../src/store/store.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const NOW_MS = Date.UTC(2026, 10, 24);
const LENGTH_MS = 30_000;
const TERM_MS = 22_500;
const LOST = { code: 'lease_lost', retryable: true };

let jobs = 0;

/** A service with clocks of its own, which agree with nobody's. */
class Service {
  readonly clock: ManualClock;
  readonly uptime: ManualClock;
  readonly lease: Lease;

  constructor(states: StateStore, job: string, owner: string, skewMs = 0) {
    this.clock = new ManualClock(NOW_MS + skewMs);
    this.uptime = new ManualClock(skewMs);
    const { clock, uptime } = this;
    const logger = createLogger('silent');
    this.lease = new Lease({ clock, uptime, owner, job, states, lengthMs: LENGTH_MS, logger });
  }

  pass(ms: number): void {
    this.clock.set(this.clock.now() + ms);
    this.uptime.set(this.uptime.now() + ms);
  }
}

function leaseContract(states: () => StateStore): void {
  let job: string;
  let a: Service;
  let b: Service;
  beforeEach(() => {
    job = `lease-${String(process.pid)}-${String(jobs++)}`;
    a = new Service(states(), job, 'a');
    // An hour fast, and its machine has been running for longer.
    b = new Service(states(), job, 'b', 3_600_000);
  });
  const pass = (ms: number): void => {
    for (const service of [a, b]) service.pass(ms);
  };

  it('is held by one at a time, whatever their clocks say', async () => {
    expect(() => a.lease.guard()).toThrow(expect.objectContaining(LOST) as Error);
    expect(await a.lease.look()).toBe(true);
    expect(await b.lease.look()).toBe(false);
    expect(a.lease).toMatchObject({ held: true, epoch: 1 });
    expect(b.lease).toMatchObject({ held: false, epoch: 0 });
    expect(a.lease.guard()).toBe(TERM_MS);
    expect(() => b.lease.guard()).toThrow(expect.objectContaining(LOST) as Error);
  });

  it('goes to one of many that ask at once', async () => {
    const services = Array.from(
      { length: 8 },
      (_, number) => new Service(states(), job, `s${String(number)}`),
    );
    const held = await Promise.all(services.map(({ lease }) => lease.look()));
    expect(held.filter(Boolean)).toHaveLength(1);
  });

  it('stays with who renews it', async () => {
    await a.lease.look();
    for (let step = 0; step < 30; step++) {
      pass(LENGTH_MS / 10);
      expect(await a.lease.look()).toBe(true);
      expect(await b.lease.look()).toBe(false);
    }
    expect(a.lease.epoch).toBe(1);
  });

  it('is taken over from who is gone, within its length, and the epoch grows', async () => {
    await a.lease.look();
    await b.lease.look();
    let passed = 0;
    for (; !b.lease.held && passed < 10 * LENGTH_MS; passed += LENGTH_MS / 10) {
      // Never both: the old holder stops before the new one begins.
      pass(LENGTH_MS / 10);
      await b.lease.look();
      expect([a.lease.held, b.lease.held]).not.toEqual([true, true]);
    }
    expect(passed).toBeLessThanOrEqual(LENGTH_MS);
    expect(b.lease.epoch).toBe(2);
    expect(() => a.lease.guard()).toThrow(expect.objectContaining(LOST) as Error);
    expect(await a.lease.look()).toBe(false);
  });

  it('is known to be lost by who was stopped, before it asks', async () => {
    await a.lease.look();
    a.uptime.set(a.uptime.now() + TERM_MS);
    expect(a.lease.held).toBe(false);
    expect(await a.lease.look()).toBe(true);
    // Nobody else had it meanwhile.
    expect(a.lease.epoch).toBe(1);
  });

  it('is no longer trusted when the clock leaps ahead, and is not stretched when it leaps back', async () => {
    await a.lease.look();
    a.clock.set(a.clock.now() + 3_600_000);
    expect(a.lease.held).toBe(false);
    expect(await a.lease.look()).toBe(true);
    a.clock.set(a.clock.now() - 86_400_000);
    expect(a.lease.guard()).toBe(TERM_MS);
    a.uptime.set(a.uptime.now() + TERM_MS);
    expect(a.lease.held).toBe(false);
  });

  it('is not taken by who wakes up with a clock far ahead', async () => {
    await a.lease.look();
    await b.lease.look();
    b.clock.set(b.clock.now() + 365 * 86_400_000);
    expect(await b.lease.look()).toBe(false);
  });

  it('is free at once where it is released', async () => {
    await a.lease.look();
    await a.lease.stop();
    expect(a.lease.held).toBe(false);
    expect(await b.lease.look()).toBe(true);
    expect(b.lease.epoch).toBe(2);
    // Who does not hold it releases nothing.
    await a.lease.stop();
    expect(await b.lease.look()).toBe(true);
    expect(b.lease.epoch).toBe(2);
  });

  it('renews by itself, and goes over by itself', async () => {
    const start = (owner: string): Lease => {
      const clocks = { clock: systemClock, uptime: uptimeClock };
      const parts = { job, owner, states: states(), lengthMs: 1000, logger: createLogger('silent') };
      const lease = new Lease({ ...parts, ...clocks });
      lease.start(() => undefined);
      return lease;
    };
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await delay(10);
    };
    const first = start('first');
    await until(() => first.held);
    const second = start('second');
    await delay(1500);
    expect([first.epoch, second.held]).toEqual([1, false]);
    await first.stop();
    await until(() => second.held);
    expect(second.epoch).toBe(2);
    await second.stop();
  });
}

describe('a lease in the embedded store', () => {
  let home: string;
  let store: Store;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'elkhound-lease-'));
    store = await openEmbeddedStore({ home }, new ManualClock(NOW_MS));
  });
  afterAll(async () => {
    await store.close();
    rmSync(home, { recursive: true });
  });
  leaseContract(() => store.states);

  it('is waited for aloud, once, with who holds it and until when', async () => {
    const lines: string[] = [];
    const write = (line: string): void => {
      lines.push((JSON.parse(line) as { message: string }).message);
    };
    const holder = new Service(store.states, 'awaited', 'office:4711:ab');
    const { clock, uptime } = holder;
    const parts = { job: 'awaited', owner: 'second', states: store.states, lengthMs: LENGTH_MS };
    const second = new Lease({ ...parts, clock, uptime, logger: createLogger('info', { write }) });
    await holder.lease.look();
    for (let look = 0; look < 3; look++) {
      await second.look();
      holder.pass(LENGTH_MS / 10);
      await holder.lease.look();
    }
    expect(lines).toEqual([
      'stands by: service office:4711:ab holds the lease of the job until 2026-11-24T00:00:22Z and renews it while it runs; where it does not, this one takes over soon after',
    ]);
    await holder.lease.stop();
    await second.look();
    expect(lines.slice(1)).toEqual(['acquired the lease of the job']);
  });

  it('is not mistaken for something else under its name', async () => {
    await store.states.putState('lease:odd', 'nonsense', null);
    await expect(new Service(store.states, 'odd', 'a').lease.look()).rejects.toMatchObject({
      code: 'unsupported_schema',
    });
  });

  it('stays held while the store does not answer, until its term ends', async () => {
    let broken = false;
    const states: StateStore = {
      ...store.states,
      getState: (key) => (broken ? Promise.reject(new Error('gone')) : store.states.getState(key)),
      putState: (key, value, expected) => store.states.putState(key, value, expected),
    };
    const service = new Service(states, 'unanswered', 'a');
    await service.lease.look();
    broken = true;
    service.pass(TERM_MS - 1);
    await expect(service.lease.look()).rejects.toThrow('gone');
    expect(service.lease.held).toBe(true);
    service.pass(1);
    expect(service.lease.held).toBe(false);
  });

  describe('that is looked at for a quarter of its length', () => {
    const lengthMs = 400;
    /** What is told of a look whose answer comes after `wait`. */
    async function toldOf(wait: () => Promise<unknown>): Promise<unknown[]> {
      const states: StateStore = {
        ...store.states,
        getState: async () => (await wait(), undefined),
        putState: () => Promise.resolve(1),
      };
      const logger = createLogger('silent');
      const clocks = { clock: systemClock, uptime: uptimeClock };
      const lease = new Lease({ ...clocks, owner: 'a', job: 'slow', states, lengthMs, logger });
      const told: unknown[] = [];
      await new Promise<void>((resolve) => {
        lease.start((trouble) => {
          told.push(trouble);
          if (trouble === undefined) resolve();
        });
      });
      await lease.stop();
      return told;
    }

    it('tells so where there is no answer', async () => {
      const [first] = await toldOf(() => delay(lengthMs));
      expect(first).toMatchObject({ code: 'timeout', message: expect.stringContaining('no answer for') });
    });

    it('does not tell so where the process was busy, and has not seen the answer', async () => {
      const told = await toldOf(() => {
        const answer = readFile(__filename);
        for (const endMs = Date.now() + lengthMs / 2; Date.now() < endMs;);
        return answer;
      });
      expect(told[0]).toBeUndefined();
    });
  });
});

describeElasticsearch('a lease in Elasticsearch', (server) => {
  let store: ReturnType<typeof openElasticsearchStore>;
  beforeAll(async () => {
    const options = { nodes: [server().url], indices: [], fields: [] };
    store = openElasticsearchStore(options, new ManualClock(NOW_MS));
    const times = { nowMs: NOW_MS, retentionMs: 86_400_000 };
    await applySetup(store.cluster, await planSetup(store.cluster, times));
  });
  afterAll(() => store.close());
  leaseContract(() => store.states);
});
