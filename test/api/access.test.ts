import { createServer as createPlainServer } from 'node:net';
import request from 'supertest';
import { isLoopbackAddress } from '../../src/domain/loopback.js';
import { DEFAULT_PORT, listen } from '../../src/api/listen.js';
import { createServer } from '../../src/api/server.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Secret } from '../../src/domain/secret.js';
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

  it('ends a session after twelve hours, and knows no other cookies', async () => {
    const clock = new ManualClock(NOW_MS);
    const address = await start(KEY, clock);
    const form = await request(address).post('/sign-in').type('form').send({ key: KEY });
    const session = cookieOf(form.headers).split(';')[0]!;
    const later = session.replace(/=\d+/, `=${String(NOW_MS + 10 * 86_400_000)}`);
    for (const forged of [
      later,
      `${session.slice(0, -1)}x`,
      'elkhound_session=',
      'elkhound_session=1.',
      `x=${session}`,
    ]) {
      await request(address).get('/v1/windows').set('Cookie', forged).expect(401);
    }
    clock.set(NOW_MS + 12 * 3_600_000 - 1);
    await request(address).get('/v1/windows').set('Cookie', `a=b; ${session}`).expect(200);
    clock.set(NOW_MS + 12 * 3_600_000);
    await request(address).get('/v1/windows').set('Cookie', session).expect(401);
  });

  it('lets no other site sign in or out, and allows few tries', async () => {
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
    for (let tries = 0; tries < 4; tries++) await post('/sign-in').send({ key: 'guess' }).expect(401);
    await post('/sign-in').send({ key: KEY }).expect(429);
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
