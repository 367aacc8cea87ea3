import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  CONCURRENCY,
  Deliverer,
  retryWaitMs,
  type Channel,
  type DelivererDependencies,
} from '../../src/alert/deliver.js';
import { alertOptions } from '../../src/alert/options.js';
import type { NotificationLog, NotificationRecord, Sender, SendResult } from '../../src/alert/ports.js';
import { WebhookSender } from '../../src/alert/webhook.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Random } from '../../src/domain/random.js';
import { createLogger } from '../../src/observe/logger.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import type { Store } from '../../src/store/store.js';
import { CONTEXT, notification, NOW_MS } from './episode.js';
import { receiver, type Receiver } from './receiver.js';

const OK: SendResult = { ok: true, retryable: false, detail: 'HTTP 200' };
const BUSY: SendResult = { ok: false, retryable: true, detail: 'HTTP 503' };
const GONE: SendResult = { ok: false, retryable: false, detail: 'HTTP 410' };

const clock = new ManualClock(NOW_MS);
let home: string;
let store: Store;
let log: NotificationLog;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'elkhound-deliver-'));
  await openLog();
});

afterEach(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

async function openLog(): Promise<void> {
  store = await openEmbeddedStore({ home, threads: 1 }, clock);
  log = store.notifications;
}

async function restart(): Promise<void> {
  await store.close();
  await openLog();
}

/** A receiver that answers from a script, then with success; remembers what it got. */
class ScriptedSender implements Sender {
  readonly got: string[] = [];
  /** What came in the same message, by its id. */
  readonly alongside = new Map<string, string[]>();

  constructor(private readonly script: (SendResult | (() => Promise<SendResult>))[] = []) {}

  async send({ id }: { id: string }, others: readonly { id: string }[] = []): Promise<SendResult> {
    this.got.push(id);
    if (others.length > 0)
      this.alongside.set(
        id,
        others.map((other) => other.id),
      );
    const next = this.script.shift() ?? OK;
    return typeof next === 'function' ? next() : next;
  }
}

function make(senders: Record<string, Sender>, more: Partial<DelivererDependencies> = {}) {
  const channels = new Map<string, Channel>(
    Object.entries(senders).map(([name, sender]) => [name, { sender, attempts: 3 }]),
  );
  const waits: number[] = [];
  const outcomes: string[] = [];
  const lines: string[] = [];
  const deliverer = new Deliverer({
    logs: new Map([['default', log]]),
    channels,
    clock,
    random: new Random(1),
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    onAttempt: (channel, outcome) => outcomes.push(`${channel} ${outcome}`),
    logger: createLogger('debug', { write: (line) => void lines.push(line) }),
    ...more,
  });
  return { deliverer, waits, outcomes, lines };
}

const never = new AbortController().signal;

async function stands(): Promise<Record<string, string>> {
  const records = await log.recent('default', 100);
  const entry = ({ notification: { id }, delivery }: NotificationRecord): [string, string] => [
    id,
    `${delivery.state} ${String(delivery.attempts)} ${delivery.detail}`.trim(),
  ];
  return Object.fromEntries(records.map(entry));
}

describe('what is much at one time', () => {
  const HOUR = 3_600_000;
  const past = (n: number): ReturnType<typeof notification> =>
    notification(n, 'soc', {
      severity: n === 30 ? 'critical' : 'medium',
      start: NOW_MS - 9 * HOUR + n,
      end: NOW_MS - 8 * HOUR,
    });

  it('is held back until all of it is known, and then told in a bounded number of messages', async () => {
    const soc = new ScriptedSender();
    const { deliverer } = make({ soc });
    await deliverer.record([notification(99), ...Array.from({ length: 40 }, (_, n) => past(n))]);
    await deliverer.deliver('default', never, 'hold');
    expect(soc.got).toEqual(['soc-0099']);
    await deliverer.deliver('default', never);
    expect(soc.got).toHaveLength(1 + 25);
    expect(soc.got[1]).toBe('soc-0030');
    const [[last, others]] = [...soc.alongside] as [[string, string[]]];
    expect(soc.alongside.size).toBe(1);
    expect(new Set([...soc.got, ...others]).size).toBe(41);
    const states = await stands();
    expect(Object.values(states).filter((state) => !state.startsWith('sent 1 HTTP 200'))).toEqual([]);
    expect(states[others[0]!]).toBe(`sent 1 HTTP 200, told with ${last}`);
    await deliverer.deliver('default', never);
    expect(soc.got).toHaveLength(1 + 25);
  });

  it('is bounded as well where a thousand addresses do the same now, and hides no other behavior', async () => {
    const soc = new ScriptedSender();
    const { deliverer } = make({ soc });
    const scans = Array.from({ length: 300 }, (_, n) => notification(n, 'soc', { severity: 'critical' }));
    const theft = notification(999, 'soc', { severity: 'medium', behavior: 'data_theft' });
    await deliverer.record([...scans, theft]);
    await deliverer.deliver('default', never);
    expect(soc.got).toHaveLength(25);
    expect(soc.got).toContain('soc-0999');
    const [others] = [...soc.alongside.values()];
    expect(new Set([...soc.got, ...others!]).size).toBe(301);
  });

  it('stays pending as a whole where the message is not accepted', async () => {
    const soc = new ScriptedSender(Array.from({ length: 60 }, () => BUSY));
    const { deliverer } = make({ soc }, { sleep: () => Promise.reject(new Error('stopped')) });
    await deliverer.record(Array.from({ length: 30 }, (_, n) => past(n)));
    await expect(deliverer.deliver('default', never)).rejects.toThrow('stopped');
    expect(new Set(Object.values(await stands()).map((state) => state.split(' ')[0]))).toEqual(
      new Set(['pending']),
    );
  });
});

describe('Deliverer', () => {
  it('records, sends, and remembers what was answered', async () => {
    const soc = new ScriptedSender();
    const { deliverer, outcomes } = make({ soc });
    expect(await deliverer.record([notification(1), notification(2), notification(1)])).toBe(2);
    expect(await stands()).toEqual({ 'soc-0001': 'pending 0', 'soc-0002': 'pending 0' });
    expect(await deliverer.deliver('default', never)).toEqual({ sent: 2, failed: 0, retried: 0 });
    expect(await stands()).toEqual({ 'soc-0001': 'sent 1 HTTP 200', 'soc-0002': 'sent 1 HTTP 200' });
    expect(outcomes).toEqual(['soc sent', 'soc sent']);
  });

  it('tries again with growing waits until it is taken', async () => {
    const soc = new ScriptedSender([BUSY, { ...BUSY, retryAfterMs: 60_000 }]);
    const { deliverer, waits } = make({ soc });
    await deliverer.record([notification()]);
    expect(await deliverer.deliver('default', never)).toEqual({ sent: 1, failed: 0, retried: 2 });
    expect(waits).toEqual([expect.any(Number), 60_000]);
    expect(await stands()).toEqual({ 'soc-0001': 'sent 3 HTTP 200' });
  });

  it('fails visibly when the attempts are used up, and at once where another makes no sense', async () => {
    const { deliverer, lines } = make({
      soc: new ScriptedSender([BUSY, BUSY, BUSY]),
      mail: new ScriptedSender([GONE]),
    });
    await deliverer.record([notification(1, 'soc'), notification(1, 'mail')]);
    expect(await deliverer.deliver('default', never)).toEqual({ sent: 0, failed: 2, retried: 2 });
    expect(await stands()).toEqual({ 'soc-0001': 'failed 3 HTTP 503', 'mail-0001': 'failed 1 HTTP 410' });
    expect(lines.filter((line) => line.includes('"log.level":"error"'))).toHaveLength(2);
  });

  it('fails what is meant for a channel that is gone', async () => {
    const { deliverer } = make({});
    await deliverer.record([notification()]);
    await deliverer.deliver('default', never);
    expect(await stands()).toEqual({ 'soc-0001': 'failed 1 the channel is not configured any more' });
  });

  it('does not let a channel that hangs hold up another', async () => {
    let release = (_: SendResult): void => undefined;
    const hangs = (): Promise<SendResult> =>
      new Promise((resolve) => {
        release = resolve;
      });
    const [soc, mail] = [new ScriptedSender([hangs]), new ScriptedSender()];
    const { deliverer, outcomes } = make({ soc, mail });
    await deliverer.record([notification(1, 'soc'), notification(1, 'mail'), notification(2, 'mail')]);
    const delivered = deliverer.deliver('default', never);
    while (outcomes.length < 2)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    expect(outcomes).toEqual(['mail sent', 'mail sent']);
    // What one call has in hand, another leaves alone.
    expect(await deliverer.deliver('default', never)).toEqual({ sent: 0, failed: 0, retried: 0 });
    expect(soc.got).toEqual(['soc-0001']);
    release(OK);
    expect(await delivered).toEqual({ sent: 3, failed: 0, retried: 0 });
  });

  it('keeps to a few requests at a time per channel, over calls that overlap, and sends nothing twice', async () => {
    let [running, most] = [0, 0];
    const counting = async (): Promise<SendResult> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      running--;
      return OK;
    };
    const soc = new ScriptedSender(Array.from({ length: 30 }, () => counting));
    const { deliverer } = make({ soc });
    await deliverer.record(Array.from({ length: 15 }, (_, n) => notification(n)));
    const first = deliverer.deliver('default', never);
    await deliverer.record(Array.from({ length: 30 }, (_, n) => notification(n)));
    const counts = await Promise.all([
      first,
      deliverer.deliver('default', never),
      deliverer.deliver('default', never),
    ]);
    expect(counts.reduce((sum, { sent }) => sum + sent, 0)).toBe(30);
    expect(new Set(soc.got).size).toBe(soc.got.length);
    expect(most).toBe(CONCURRENCY);
  });
});

describe('Deliverer over restarts', () => {
  it('sends what is still pending, never what was sent, and goes on counting attempts', async () => {
    const stopping = new AbortController();
    const soc = new ScriptedSender([OK, BUSY]);
    const before = make(
      { soc },
      {
        sleep: () => {
          stopping.abort();
          return Promise.reject(new Error('aborted'));
        },
      },
    );
    await before.deliverer.record([notification(1), notification(2)]);
    await before.deliverer.deliver('default', stopping.signal);
    expect(await stands()).toEqual({ 'soc-0001': 'sent 1 HTTP 200', 'soc-0002': 'pending 1 HTTP 503' });

    await restart();
    const again = new ScriptedSender([BUSY, BUSY]);
    const after = make({ soc: again });
    expect(await after.deliverer.record([notification(1), notification(2)])).toBe(0);
    await after.deliverer.deliver('default', never);
    expect(again.got).toEqual(['soc-0002', 'soc-0002']);
    expect(await stands()).toEqual({ 'soc-0001': 'sent 1 HTTP 200', 'soc-0002': 'failed 3 HTTP 503' });
  });

  it('begins nothing after an abort', async () => {
    const soc = new ScriptedSender();
    const { deliverer } = make({ soc });
    await deliverer.record([notification()]);
    expect(await deliverer.deliver('default', AbortSignal.abort())).toEqual({
      sent: 0,
      failed: 0,
      retried: 0,
    });
    expect([soc.got, await stands()]).toEqual([[], { 'soc-0001': 'pending 0' }]);
  });

  it('sends each message exactly once, wherever it is stopped', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        async (stops) => {
          const accepted: string[] = [];
          const run = `run-${String(++runs)}`;
          const messages = Array.from({ length: 8 }, (_, n) => notification(n, run));
          for (const stopAfter of [...stops, Infinity]) {
            const stopping = new AbortController();
            let attempts = 0;
            const sender: Sender = {
              send: ({ id }) => {
                if (++attempts === stopAfter) stopping.abort();
                if (attempts % 2 === 0) return Promise.resolve(BUSY);
                accepted.push(id);
                return Promise.resolve(OK);
              },
            };
            const channels = new Map([[run, { sender, attempts: 100 }]]);
            const { deliverer } = make({}, { channels });
            await deliverer.record(messages);
            await deliverer.deliver('default', stopping.signal);
            await restart();
          }
          expect(accepted.sort()).toEqual(messages.map(({ id }) => id));
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

describe('Deliverer that is killed', () => {
  it('sends again what it had in hand, no more than that, under the same ids', async () => {
    let kills = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }), async (stops) => {
        const channel = `kill-${String(++kills)}`;
        const messages = Array.from({ length: 12 }, (_, n) => notification(n, channel));
        const sender = new ScriptedSender();
        const channels = new Map([[channel, { sender, attempts: 3 }]]);
        for (const recorded of stops) {
          const dead: NotificationLog = dyingLog(log, recorded);
          const { deliverer } = make({}, { channels, logs: new Map([['default', dead]]) });
          await deliverer.record(messages);
          void deliverer.deliver('default', never);
          await settled(() => sender.got.length);
        }
        const { deliverer } = make({}, { channels });
        await deliverer.record(messages);
        await deliverer.deliver('default', never);
        expect([...new Set(sender.got)].sort()).toEqual(messages.map(({ id }) => id));
        expect(sender.got.length - messages.length).toBeLessThanOrEqual(CONCURRENCY * stops.length);
        // The bound is not slack: a process that dies before anything is recorded has all of it in hand.
        if (stops[0] === 0) expect(sender.got.length).toBeGreaterThanOrEqual(12 + CONCURRENCY);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});

/** The log as a process meets it that dies after so many results were recorded. */
function dyingLog(alive: NotificationLog, recorded: number): NotificationLog {
  let left = recorded;
  return {
    create: (notification) => alive.create(notification),
    pending: (job) => alive.pending(job),
    recent: (job, limit) => alive.recent(job, limit),
    update: (notification, delivery) =>
      left-- > 0 ? alive.update(notification, delivery) : new Promise(() => undefined),
  };
}

/** Waits until a count has stopped growing. */
async function settled(count: () => number): Promise<void> {
  for (let [before, same] = [-1, 0]; same < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    same = count() === before ? same + 1 : 0;
    before = count();
  }
}

describe('Deliverer and a log in trouble', () => {
  it('does not send again what was acknowledged while the log refused to remember it', async () => {
    let refusals = 1;
    const faulty: NotificationLog = {
      create: (given) => log.create(given),
      pending: (job) => log.pending(job),
      recent: (job, limit) => log.recent(job, limit),
      update: (given, delivery) =>
        refusals-- > 0 ? Promise.reject(new Error('disk full')) : log.update(given, delivery),
    };
    const soc = new ScriptedSender();
    const { deliverer } = make({ soc }, { logs: new Map([['default', faulty]]) });
    await deliverer.record([notification(1), notification(2)]);
    await expect(deliverer.deliver('default', never)).rejects.toThrow('disk full');
    await deliverer.deliver('default', never);
    expect(soc.got).toEqual(['soc-0001', 'soc-0002']);
    expect(await stands()).toEqual({ 'soc-0001': 'sent 1 HTTP 200', 'soc-0002': 'sent 1 HTTP 200' });
  });

  it('does not send again what an answer out of date still calls pending', async () => {
    let stale: NotificationRecord[] = [];
    const lagging: NotificationLog = {
      create: (given) => log.create(given),
      recent: (job, limit) => log.recent(job, limit),
      update: (given, delivery) => log.update(given, delivery),
      pending: async (job) => (stale.length > 0 ? stale : (stale = await log.pending(job))),
    };
    const soc = new ScriptedSender();
    const { deliverer } = make({ soc }, { logs: new Map([['default', lagging]]) });
    await deliverer.record([notification()]);
    await deliverer.deliver('default', never);
    await deliverer.deliver('default', never);
    expect(soc.got).toEqual(['soc-0001']);
  });

  it('sends for one job while the log of another is away', async () => {
    const away: NotificationLog = {
      create: () => Promise.reject(new Error('store is away')),
      recent: () => Promise.reject(new Error('store is away')),
      update: () => Promise.reject(new Error('store is away')),
      pending: () => Promise.reject(new Error('store is away')),
    };
    const soc = new ScriptedSender();
    const logs = new Map([
      ['default', log],
      ['other', away],
    ]);
    const { deliverer } = make({ soc }, { logs });
    await deliverer.record([notification()]);
    const jobs = ['other', 'default'];
    const [other, own] = await Promise.allSettled(jobs.map((job) => deliverer.deliver(job, never)));
    expect(other).toMatchObject({ status: 'rejected', reason: { message: 'store is away' } });
    expect(own).toMatchObject({ value: { sent: 1 } });
  });

  it('takes heart again after the log could not be read', async () => {
    let down = true;
    const flaky: NotificationLog = {
      create: (given) => log.create(given),
      recent: (job, limit) => log.recent(job, limit),
      update: (given, delivery) => log.update(given, delivery),
      pending: (job) => (down ? Promise.reject(new Error('store is away')) : log.pending(job)),
    };
    const { deliverer } = make({ soc: new ScriptedSender() }, { logs: new Map([['default', flaky]]) });
    await deliverer.record([notification()]);
    await expect(deliverer.deliver('default', never)).rejects.toThrow('store is away');
    down = false;
    expect(await deliverer.deliver('default', never)).toMatchObject({ sent: 1 });
  });
});

describe('retryWaitMs', () => {
  it('lies below an exponential ceiling, at or above what the receiver asked for, at most five minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.option(fc.nat({ max: 1e9 })),
        fc.nat(),
        (attempt, asked, seed) => {
          const wait = retryWaitMs(attempt, asked ?? undefined, new Random(seed));
          expect(wait).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 300_000));
          expect(wait).toBeLessThanOrEqual(
            Math.min(300_000, Math.max(asked ?? 0, 5_000 * 4 ** (attempt - 1))),
          );
        },
      ),
    );
  });

  it('is the same for the same seed and spread over the whole range', () => {
    const waits = Array.from({ length: 200 }, (_, seed) => retryWaitMs(2, undefined, new Random(seed)));
    expect(waits).toEqual(
      Array.from({ length: 200 }, (_, seed) => retryWaitMs(2, undefined, new Random(seed))),
    );
    expect(Math.min(...waits)).toBeLessThan(2_000);
    expect(Math.max(...waits)).toBeGreaterThan(18_000);
  });
});

describe('secrets', () => {
  const KEY = Buffer.alloc(32, 7).toString('base64');
  const SECRETS = ['token-in-path', 'token-in-query', 'user-name', 'pass-word', 'header-secret', KEY];
  let server: Receiver;

  beforeEach(async () => {
    // An echoing receiver: what it was sent comes back in status text, headers and body.
    server = await receiver(({ headers, url }, response) => {
      const echo = `${String(headers['x-key'])} ${String(headers.authorization)} ${String(url)}`;
      response
        .writeHead(url?.includes('moved') === true ? 302 : 500, echo, { location: echo, 'x-echo': echo })
        .end(echo);
    });
  });

  afterEach(() => server.close());

  it.each(['fails', 'is moved', 'is down', 'is no host'])(
    'show nowhere when the receiver %s',
    async (trouble) => {
      const base = trouble === 'is no host' ? 'http://host.invalid' : server.url;
      if (trouble === 'is down') await server.close();
      const path = trouble === 'is moved' ? 'moved' : 'hook';
      const url = `${base.replace('//', '//user-name:pass-word@')}/token-in-path/${path}?key=token-in-query`;
      const { channels } = alertOptions.parse({
        channels: { soc: { url, headers: { 'X-Key': 'header-secret' }, signingSecret: `whsec_${KEY}` } },
      });
      const { deliverer, lines } = make({ soc: new WebhookSender(channels.soc!, CONTEXT, clock) });
      await deliverer.record([notification()]);
      await deliverer.deliver('default', never);
      const seen = `${lines.join('\n')}\n${JSON.stringify(await log.recent('default', 1))}`;
      expect(seen).toContain('"state":"failed"');
      for (const secret of SECRETS) expect(seen).not.toContain(secret);
    },
  );
});
