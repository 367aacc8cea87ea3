import { createServer as createPlainServer } from 'node:net';
import request from 'supertest';
import { isLoopbackAddress } from '../../src/domain/loopback.js';
import { DEFAULT_PORT, listen } from '../../src/api/listen.js';
import { createServer } from '../../src/api/server.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Secret } from '../../src/domain/secret.js';
import { createLogger } from '../../src/observe/logger.js';
import { NOW_MS } from './fixtures.js';
import { dependenciesOn, emptyStore, serve, type RunningService, type TestStore } from './service.js';

const KEY = 'correct-horse-battery-staple';
let store: TestStore;
const running: RunningService[] = [];

beforeAll(async () => {
  store = await emptyStore();
});

afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});

afterAll(() => store.destroy());

async function start(apiKey?: string, clock = new ManualClock(NOW_MS)): Promise<string> {
  const options = { host: '127.0.0.1', ...(apiKey === undefined ? {} : { apiKey: new Secret(apiKey) }) };
  const service = await serve(dependenciesOn(store, { options, clock }));
  running.push(service);
  return service.address;
}

describe('without a key', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', 'localhost.example.org'])(
    'refuses to listen on %s',
    (host) => {
      expect(() => createServer(dependenciesOn(store, { options: { host } }))).toThrow(
        /api\.host: .*set api\.apiKey/,
      );
    },
  );

  it.each(['localhost', 'localhost:4600', '127.0.0.1', '127.1.2.3:80', '[::1]:4600'])(
    'answers for the name %s',
    async (host) => {
      await request(await start())
        .get('/v1/anomalies')
        .set('Host', host)
        .expect(200);
    },
  );

  it.each([
    'attacker.example',
    'attacker.example:4600',
    'localhost.attacker.example',
    '127.0.0.1.nip.example',
    '192.0.2.1',
    '[::ffff:192.0.2.1]',
  ])('refuses the name %s', async (host) => {
    const address = await start();
    for (const path of ['/', '/v1/anomalies', '/metrics', '/healthz']) {
      const { body } = await request(address).get(path).set('Host', host).expect(403);
      expect(body).toMatchObject({ code: 'forbidden' });
    }
  });

  it.each([
    ['127.0.0.1', true],
    ['127.255.0.3', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:10.0.0.1', false],
    ['10.0.0.1', false],
    ['::', false],
    ['', false],
  ])('knows whether %s is this machine', (address, own) => {
    expect(isLoopbackAddress(address)).toBe(own);
  });
});

describe('with a key', () => {
  it.each([`ApiKey ${KEY}`, `Bearer ${KEY}`, `bearer ${KEY}`])('accepts "%s"', async (authorization) => {
    await request(await start(KEY))
      .get('/v1/anomalies')
      .set('Authorization', authorization)
      .set('Host', 'elkhound.example')
      .expect(200);
  });

  it.each(['', 'ApiKey', 'ApiKey wrong', `Basic ${KEY}`, `ApiKey ${KEY} x`, `ApiKey ${'x'.repeat(5000)}`])(
    'refuses "%s"',
    async (authorization) => {
      const answer = await request(await start(KEY))
        .get('/v1/anomalies')
        .set('Authorization', authorization)
        .expect(401);
      expect(answer.headers['www-authenticate']).toContain('ApiKey');
      expect(answer.body).toMatchObject({ code: 'unauthorized' });
    },
  );

  it('keeps everything but probes, description and sign-in behind it', async () => {
    const address = await start(KEY);
    for (const path of [
      '/',
      '/coverage',
      '/anomalies/x',
      '/entities/host/x',
      '/v1/windows',
      '/v1/nothing',
      '/metrics',
      '/nothing',
    ]) {
      await request(address).get(path).expect(401);
    }
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/sign-in', '/assets/elkhound.css']) {
      expect((await request(address).get(path)).status).not.toBe(401);
    }
  });

  it('sends a browser to the form, and lets it in with a cookie no script can read', async () => {
    const address = await start(KEY);
    const refused = await request(address).get('/').set('Accept', 'text/html').expect(303);
    expect(refused.headers.location).toBe('/sign-in');
    const form = await request(address).post('/sign-in').type('form').send({ key: KEY }).expect(303);
    const cookie = cookieOf(form.headers);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(KEY);
    const page = await request(address).get('/').set('Cookie', cookie.split(';')[0]!).expect(200);
    expect(page.text).toContain('Sign out');
    expect(page.text).not.toContain(KEY);
  });

  const signIn = async (address: string, headers: Record<string, string> = {}): Promise<string> => {
    const form = await request(address).post('/sign-in').set(headers).type('form').send({ key: KEY });
    return cookieOf(form.headers).split(';')[0]!;
  };
  const statusWith = async (address: string, cookie: string): Promise<number> =>
    (await request(address).get('/v1/windows').set('Cookie', cookie)).status;

  it('ends a session after twelve hours or an idle one, and knows no other cookies', async () => {
    const clock = new ManualClock(NOW_MS);
    const address = await start(KEY, clock);
    const session = await signIn(address);
    for (const forged of [`${session.slice(0, -1)}_`, `${session}A`, 'elkhound_session=', `x=${session}`]) {
      expect(await statusWith(address, forged)).toBe(401);
    }
    expect(await statusWith(address, `a=b; ${session}`)).toBe(200);
    clock.set(NOW_MS + 3_600_000 - 1);
    expect(await statusWith(address, session)).toBe(200);
    clock.set(NOW_MS + 2 * 3_600_000 - 1);
    expect(await statusWith(address, session)).toBe(401);
    const busy = await signIn(address);
    for (let minutes = 0; minutes < 12 * 60; minutes += 30) {
      clock.set(NOW_MS + 2 * 3_600_000 - 1 + minutes * 60_000);
      expect(await statusWith(address, busy)).toBe(200);
    }
    clock.set(NOW_MS + 14 * 3_600_000 - 1);
    expect(await statusWith(address, busy)).toBe(401);
  });

  it('ends a session for good when somebody signs out, and has the browser forget its pages', async () => {
    const address = await start(KEY);
    const [mine, others] = [await signIn(address), await signIn(address)];
    expect(mine).not.toBe(others);
    const page = await request(address).get('/').set('Cookie', mine).expect(200);
    expect(page.headers).toMatchObject({ 'cache-control': 'private, no-store', 'x-frame-options': 'DENY' });
    const { headers } = await request(address).post('/sign-out').set('Cookie', mine).expect(303);
    expect(headers['clear-site-data']).toBe('"cache"');
    expect(await statusWith(address, mine)).toBe(401);
    expect(await statusWith(address, others)).toBe(200);
  });

  it('lets no other site sign in or out', async () => {
    const address = await start(KEY);
    const post = (path: string) => request(address).post(path).type('form');
    await post('/sign-in').set('Origin', 'https://attacker.example').send({ key: KEY }).expect(403);
    await post('/sign-in').set('Origin', 'null').send({ key: KEY }).expect(403);
    await post('/sign-out').set('Sec-Fetch-Site', 'cross-site').expect(403);
    await post('/sign-in')
      .set('Origin', address)
      .set('Sec-Fetch-Site', 'same-origin')
      .send({ key: KEY })
      .expect(303);
    for (const key of [{}, { key: ['a', 'b'] }, { key: 'x'.repeat(2000) }]) {
      await post('/sign-in').send(key).expect(401);
    }
  });

  it.each(['another.example', 'same-site'])('is not locked out by a page of %s', async (site) => {
    const address = await start(KEY);
    const of = (headers: Record<string, string>) => request(address).get('/v1/jobs').set(headers);
    const sent = {
      'Sec-Fetch-Site': site === 'same-site' ? site : 'cross-site',
      'Sec-Fetch-Mode': 'no-cors',
    };
    for (let i = 0; i < 700; i++) await of(sent).expect(403);
    await of({ Authorization: `ApiKey ${KEY}` }).expect(200);
    const link = { ...sent, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    await request(address).get('/sign-in').set(link).expect(200);
    await request(address)
      .get('/')
      .set({ ...link, 'Sec-Fetch-Dest': 'iframe' })
      .expect(403);
  });

  it('is not locked out by strangers at the same address, who wait longer and longer', async () => {
    const clock = new ManualClock(NOW_MS);
    const lines: string[] = [];
    const failed: string[] = [];
    const service = await serve(
      dependenciesOn(store, {
        options: { host: '127.0.0.1', apiKey: new Secret(KEY) },
        clock,
        logger: createLogger('info', { write: (line) => lines.push(line) }),
        onFailedLogin: (account) => failed.push(account),
      }),
    );
    running.push(service);
    const { address } = service;
    const session = await signIn(address);
    const guess = () => request(address).get('/v1/jobs').set('Authorization', 'ApiKey guess');
    for (let i = 0; i < 6; i++) await guess().expect(401);
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { headers } = await guess().expect(429);
      waits.push(Number(headers['retry-after']));
      clock.set(clock.now() + waits.at(-1)! * 1000);
      await guess().expect(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    await guess().expect(429);
    const form = await request(address).post('/sign-in').type('form').send({ key: 'guess' });
    expect(form.status).toBe(429);
    expect(new Set(failed)).toEqual(new Set(['apiKey']));
    expect(failed.length).toBeGreaterThanOrEqual(17);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(5);
    expect(lines[0]).toContain('a wrong key was sent');
    expect(lines.join('')).not.toContain('guess');
    for (const path of ['/healthz', '/readyz']) await request(address).get(path).expect(200);
    await request(address).get('/v1/jobs').set('Authorization', `ApiKey ${KEY}`).expect(200);
    expect(await statusWith(address, session)).toBe(200);
    expect(await signIn(address)).toContain('elkhound_session=');
  });

  it('answers probes whatever else was asked', async () => {
    const address = await start(KEY);
    for (let i = 0; i < 601; i++) await request(address).get('/openapi.json');
    await request(address).get('/openapi.json').expect(429);
    await request(address).get('/healthz').expect(200);
    await request(address).get('/readyz').expect(200);
  });

  it('believes a proxy only where it is trusted', async () => {
    const headers = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Host': 'x',
    };
    expect(await signIn(await start(KEY), headers)).toMatch(/^elkhound_session=/);
    const options = { host: '127.0.0.1', apiKey: new Secret(KEY), trustProxy: ['127.0.0.1'] };
    const service = await serve(dependenciesOn(store, { options }));
    running.push(service);
    const form = await request(service.address)
      .post('/sign-in')
      .set({ ...headers, Origin: 'https://x' })
      .type('form')
      .send({ key: KEY })
      .expect(303);
    expect(cookieOf(form.headers)).toMatch(/^__Host-elkhound_session=.*; Path=\/; .*Secure/);
    const session = cookieOf(form.headers).split(';')[0]!;
    const get = () => request(service.address).get('/v1/jobs').set('Cookie', session);
    await get().set(headers).expect(200);
    await get().expect(401);
  });

  it.each<[string, object]>([
    ['apiKey', { apiKey: new Secret('short') }],
    ['apiKey', { apiKey: new Secret(' '.repeat(30)) }],
    ['revealKey', { apiKey: new Secret(KEY), revealKey: new Secret('short') }],
  ])('refuses to listen for others with a weak %s', (name, keys) => {
    const options = { host: '0.0.0.0', ...keys };
    expect(() => createServer(dependenciesOn(store, { options }))).toThrow(
      new RegExp(`api\\.${name}: expected at least 16 characters`),
    );
    expect(() => createServer(dependenciesOn(store, { options: { ...options, host: '::1' } }))).not.toThrow();
  });

  it('holds a bounded number of connections', () => {
    expect(createServer(dependenciesOn(store)).maxConnections).toBe(1000);
  });
});

describe('listening', () => {
  it('takes the next port where the usual one is in use', async () => {
    const blocker = createPlainServer();
    await new Promise<void>((resolve) => {
      blocker.once('error', () => {
        resolve();
      });
      blocker.listen(DEFAULT_PORT, '127.0.0.1', resolve);
    });
    const server = createServer(dependenciesOn(store));
    const address = await listen(server, '127.0.0.1', undefined);
    expect(Number(new URL(address).port)).toBeGreaterThan(DEFAULT_PORT);
    server.close();
    blocker.close();
  });

  it('says so where the configured port is in use', async () => {
    const first = await start();
    const server = createServer(dependenciesOn(store));
    await expect(listen(server, '127.0.0.1', Number(new URL(first).port))).rejects.toThrow(
      /api\.port: .* is in use/,
    );
  });
});

function cookieOf(headers: Record<string, unknown>): string {
  return (headers['set-cookie'] as string[])[0]!;
}
