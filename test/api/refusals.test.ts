import { request as httpRequest } from 'node:http';
import request from 'supertest';
import { dependenciesOn, emptyStore, serve, type RunningService, type TestStore } from './service.js';

let store: TestStore;
let service: RunningService;

beforeAll(async () => {
  store = await emptyStore();
  service = await serve(dependenciesOn(store));
});

afterAll(async () => {
  await service.close();
  await store.destroy();
});

/** Sends a path exactly as it is: clients would normalize it. */
function statusOfRawPath(path: string): Promise<number> {
  const { hostname, port } = new URL(service.address);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on('error', reject).end();
  });
}

describe('parameters', () => {
  it.each([
    ['/v1/anomalies?severty=high', /unknown parameter "severty"; did you mean "severity"\?/],
    ['/v1/anomalies?entity_kind=host', /did you mean "entityKind"/],
    ['/v1/anomalies?__proto__=1', /unknown parameter "__proto__"/],
    ['/v1/anomalies?constructor=1', /unknown parameter "constructor"/],
    ['/v1/windows?severity=high', /unknown parameter "severity".*known are job, from, to, limit, cursor/],
    ['/v1/anomalies/x?expand=1', /this address takes none/],
    [
      '/v1/anomalies?severity=huge',
      /severity: "huge" is not allowed: expected one of low, medium, high, critical/,
    ],
    ['/v1/anomalies?severity=low&severity=high', /severity: .* is not allowed/],
    ['/v1/anomalies?limit=0', /limit: "0" is not allowed: expected a whole number from 1 to 1000/],
    ['/v1/anomalies?limit=1e3', /limit/],
    ['/v1/anomalies?limit=-1', /limit/],
    ['/v1/anomalies?minScore=NaN', /minScore: "NaN" .* from 0 to 1/],
    ['/v1/anomalies?from=yesterday', /from: "yesterday" .* such as 2026-11-23T02:10:00Z/],
    ['/v1/anomalies?from=2026-13-01T00:00:00Z', /from/],
    ['/v1/anomalies?from=2026-11-23T02:10:00Z&to=2026-11-23T02:10:00Z', /to: expected a time after "from"/],
    ['/v1/anomalies?entity=', /entity: "" is not allowed: it must not be empty/],
    [`/v1/anomalies?entity=${'x'.repeat(513)}`, /at most 512 characters/],
    [`/v1/anomalies?cursor=${'x'.repeat(1025)}`, /cursor: .* not one that a list gave/],
    ['/v1/anomalies?cursor=nonsense', /cursor: not one that a list gave/],
    ...[1e19, -1e300].map((place): [string, RegExp] => [
      `/v1/anomalies?cursor=${Buffer.from(JSON.stringify({ sort: '-time', after: [place, 'x'] })).toString('base64url')}`,
      /cursor: not one that a list gave/,
    ]),
    [`/v1/anomalies?cursor=${Buffer.from('{"__proto__":{"sort":"-time"}}').toString('base64url')}`, /cursor/],
  ])('of %s are refused with a hint', async (address, hint) => {
    const { body } = await request(service.address).get(address).expect(400);
    expect(body).toMatchObject({ status: 400, title: 'Bad Request' });
    expect((body as { detail: string }).detail).toMatch(hint);
  });

  it('are quoted only in part, without what they would do to a terminal', async () => {
    const { body } = await request(service.address).get(
      `/v1/anomalies?${encodeURIComponent(`a\u001b[31m${'b'.repeat(500)}`)}=1`,
    );
    const { detail } = body as { detail: string };
    expect(detail).toContain('\\u001b');
    expect(detail.length).toBeLessThan(300);
  });
});

describe('paths', () => {
  it.each([
    ['/v1/../../etc/passwd', 404],
    ['/assets/../package.json', 404],
    ['/assets/%2e%2e%2fpackage.json', 404],
    ['/assets/__proto__', 404],
    ['/assets/elkhound.css', 200],
    ['/v1/anomalies/%00', 404],
    ['/v1/anomalies/%ff', 400],
    ['/v1/entities/%E0%A4%A', 400],
    ['/V1/anomalies', 404],
    ['/v1/anomalies/', 404],
    [`/v1/anomalies/${'a'.repeat(600)}`, 400],
    ['/entities/robot/x', 404],
  ])('%s answers %i', async (path, status) => {
    expect(await statusOfRawPath(path)).toBe(status);
  });

  it.each(['post', 'put', 'delete', 'patch'] as const)('refuse %s', async (method) => {
    const answer = await request(service.address)[method]('/v1/anomalies').expect(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
    expect(answer.body).toMatchObject({ code: 'method_not_allowed' });
  });

  it('answer HEAD without a body', async () => {
    const answer = await request(service.address).head('/v1/anomalies').expect(200);
    expect(answer.text).toBeUndefined();
  });

  it('answer a browser with a page, and a program with a problem', async () => {
    const page = await request(service.address).get('/anomalies/none').set('Accept', 'text/html').expect(404);
    expect(page.text).toContain('<h1>Not Found</h1>');
    const problem = await request(service.address).get('/anomalies/none').expect(404);
    expect(problem.body).toMatchObject({ code: 'not_found' });
  });
});

describe('what goes wrong inside', () => {
  it('is told without details, and logged with them', async () => {
    const lines: string[] = [];
    const broken = await serve(
      dependenciesOn(store, {
        model: () => Promise.reject(new Error('disk /secret/path broke')),
        logger: (await import('pino')).default(
          { level: 'error' },
          { write: (line: string) => lines.push(line) },
        ),
      }),
    );
    const answer = await request(broken.address).get('/').expect(500);
    await broken.close();
    expect(answer.text).not.toContain('secret');
    expect(answer.body).toMatchObject({ code: 'internal' });
    expect(lines.join('')).toContain('disk /secret/path broke');
  });

  it('makes the service unready', async () => {
    const checks = [{ name: 'store', ok: false, detail: 'no answer from 10.0.0.9' }];
    const unready = await serve(
      dependenciesOn(store, { health: { report: () => ({ ready: false, checks }) } }),
    );
    const answer = await request(unready.address).get('/readyz').expect(503);
    const page = await request(unready.address).get('/').expect(200);
    await unready.close();
    expect(answer.body).toEqual({ status: 'not_ready', checks: [{ name: 'store', ok: false }] });
    expect(page.text).toContain('store: no answer from 10.0.0.9');
  });
});
