/**
 * Attempts to make Elkhound do what its data must not make it do. None may succeed.
 */
import { Client } from '@elastic/elasticsearch';
import type { Browser } from 'playwright-core';
import request from 'supertest';
import { ManualClock } from '../../src/domain/clock.js';
import { ElasticsearchEventSource } from '../../src/store/elasticsearch/event-source.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { launch, openPage, describeInBrowser } from '../pages/browser.js';
import { ATTACKER, clusterEvening, embeddedEvening, TARGET, VICTIM, type Evening } from './logins.js';

/** Texts that mean something to a browser, a query language, a shell, a path or a prototype. */
const TEXTS = [
  '<script>window.attacked=1</script>',
  '"><img src=x onerror="window.attacked=2">',
  "'; DROP TABLE events; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  '{"match_all":{}}',
  '*',
  '_exists_:elkhound',
  '/.*/',
  '../../../../etc/passwd',
  '%2e%2e%2f_cluster%2fsettings',
  '__proto__',
  'constructor',
  '${7*7}{{7*7}}',
  '`touch /tmp/attacked`',
  'a\u0000b',
  '\r\nSet-Cookie: attacked=1',
  '\u202egnp.exe',
];

const AT = '2026-11-20T20:31:00.000Z';

function login(user: string, more = ''): string {
  const name = JSON.stringify(user);
  return `{"@timestamp":"${AT}","event":{"category":["authentication"],"outcome":"failure","action":${name}},"source":{"ip":"10.0.9.9","port":1},"destination":{"ip":"10.0.0.9","port":22},"user":{"name":${name}},"message":${name}${more}}`;
}

const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

/** Documents as an attacker would have them logged, by what is hostile in them. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(TEXTS.map((text) => [`every text is ${JSON.stringify(text)}`, login(text)])),
  'a megabyte of user name': login('u'.repeat(1_000_000)),
  'a text of three megabytes': login('big', `,"blob":"${'x'.repeat(3_000_000)}"`),
  'twenty thousand levels': login('deep', `,"nested":${deep(20_000)}`),
  'eighteen levels': login('deeper', `,"nested":${deep(18)}`),
  'ten thousand fields': login(
    'wide',
    `,"wide":{${Array.from({ length: 10_000 }, (_, i) => `"f${String(i)}":${String(i)}`).join()}}`,
  ),
  'prototype keys': login(
    'proto',
    ',"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}',
  ),
  'prototype keys inside': `{"@timestamp":"${AT}","source":{"ip":"10.0.9.9","__proto__":{"polluted":true}},"user":{"__proto__":{"name":"x"},"name":"y"}}`,
  'values of other types': `{"@timestamp":["${AT}",{}],"source":{"ip":{"toString":1}},"user":{"name":[[["x"]]]}}`,
  'times that are none': '{"@timestamp":"9999999-99-99T99:99:99Z","source":{"ip":"10.0.9.9"}}',
  'a time in the far future': '{"@timestamp":"9999-12-31T23:59:59Z","source":{"ip":"10.0.9.9"}}',
  'numbers beyond all': login('big', ',"source.bytes":1e999,"destination.bytes":-1e308'),
  'a name of our own output': login('own', ',"elkhound":{"job":"default","entity":{"id":"x"}}'),
};

interface Listed {
  readonly items: readonly {
    readonly id: string;
    readonly entity: { readonly kind: string; readonly id: string };
  }[];
}

function attempts(open: (documents: readonly string[]) => Promise<Evening>): void {
  let evening: Evening;
  let browser: Browser;
  beforeAll(async () => {
    evening = await open(Object.values(DOCUMENTS));
  }, 300_000);
  afterAll(() => evening.stop());

  const get = (path: string): request.Test => request(evening.service.address).get(path);
  const anomalies = async (query = ''): Promise<Listed['items']> =>
    ((await get(`/v1/anomalies?limit=1000${query}`).expect(200)).body as Listed).items;

  it('of hostile documents hide no attack and stop no window', async () => {
    const found = (await anomalies()).map(({ entity }) => entity.id);
    expect(found).toEqual(expect.arrayContaining([ATTACKER, TARGET]));
    expect(evening.log.filter((line) => /does not work|"log.level":"error"|"level":50/.test(line))).toEqual(
      [],
    );
    const { body } = await get('/v1/windows?limit=500').expect(200);
    const { items } = body as { items: { status: string; window: { start: string } }[] };
    expect(items.filter(({ status }) => status === 'done').length).toBeGreaterThanOrEqual(36);
  });

  it('of prototype keys change no prototype', () => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((Object as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(TEXTS)('through %j in a query find nothing that is not named so', async (text) => {
    const value = encodeURIComponent(text);
    for (const name of ['entity', 'job', 'site', 'episode']) {
      const { status, body, headers } = await get(`/v1/anomalies?${name}=${value}`);
      expect({ name, status }).toEqual({ name, status: 200 });
      const { items } = body as Listed;
      if (name === 'entity')
        for (const { entity } of items)
          expect(JSON.stringify(entity)).toContain(JSON.stringify(text).slice(1, -1));
      else expect(items).toEqual([]);
      expect(headers['set-cookie']).toBeUndefined();
    }
    for (const name of ['behavior', 'severity', 'sort', 'cursor', 'from', 'limit', 'status', text]) {
      const { status } = await get(`/v1/anomalies?${encodeURIComponent(name)}=${value}`);
      expect({ name, status }).toEqual({ name, status: 400 });
    }
  });

  it.each(TEXTS)('through %j in a path reach nothing else', async (text) => {
    const value = encodeURIComponent(text);
    for (const path of [`/v1/anomalies/${value}`, `/v1/${value}`, `/assets/${value}`, `/${value}`]) {
      expect([400, 404]).toContain((await get(path)).status);
    }
    const { status, body } = await get(`/v1/entities/${value}?from=2026-11-01`);
    expect(status).toBe(200);
    const { events } = body as { events: { record: unknown }[] };
    for (const { record } of events)
      expect(JSON.stringify(record)).toContain(JSON.stringify(text).slice(1, -1));
    expect((await anomalies()).length).toBeGreaterThan(1);
  });

  it.each(['/v1/entities/x/reveal', '/v1/anomalies', '/'])('to write to %s are refused', async (path) => {
    for (const body of [{}, { __proto__: { by: 'x' } }, 'x'.repeat(100_000)]) {
      const answer = await request(evening.service.address).post(path).send(body);
      expect([403, 404, 405]).toContain(answer.status);
    }
  });

  describeInBrowser('in a browser', () => {
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    it('run no script, on any page that shows what was logged', async () => {
      const { page, complaints } = await openPage(browser);
      const found = await anomalies();
      const paths = [
        '/',
        '/coverage',
        ...found.map(({ id }) => `/anomalies/${encodeURIComponent(id)}`),
        ...['10.0.9.9', '10.0.0.9', VICTIM].map((id) => `/entities/host/${id}?range=30d`),
        ...TEXTS.filter((text) => !text.includes('\u0000')).map(
          (text) => `/entities/user/${encodeURIComponent(text)}?range=30d`,
        ),
      ];
      for (const path of paths) {
        await page.goto(evening.service.address + path);
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
        expect(await page.evaluate('[window.attacked, ({}).polluted]')).toEqual([undefined, undefined]);
        expect(await page.locator('main script, main img, [onerror]').count()).toBe(0);
      }
      expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
      await page.context().close();
    });
  });
}

describe('attempts on the embedded store', () => attempts((documents) => embeddedEvening('', documents)));

describeElasticsearch(
  'attempts on Elasticsearch',
  (server) => {
    attempts((documents) => clusterEvening(server().url, 'attempts', '', documents));

    it.each([
      '../_cluster/settings',
      '_all/_close',
      '*,-elkhound-*',
      '<logs-{now/d}>',
      'a/_delete_by_query',
      '?x=1',
      ' ',
      ...TEXTS,
    ])('through the index name %j change nothing', async (index) => {
      const client = new Client({ node: server().url });
      const state = async (): Promise<string> => {
        const { indices = {} } = await client.indices.stats({ index: '*', metric: 'docs' });
        return JSON.stringify(
          Object.entries(indices)
            // The lease of the service that runs beside is renewed all the time.
            .filter(([name]) => name !== 'elkhound-state')
            .map(([name, { total }]) => [name, total?.docs])
            .sort(),
        );
      };
      const before = await state();
      const cluster = new Cluster({ nodes: [server().url] });
      const source = new ElasticsearchEventSource(
        cluster,
        { indices: [index], fields: ['user.name'] },
        new ManualClock(0),
      );
      await source.range().catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'AppError' });
      });
      await source.ofEntity('x', { start: 0, end: 1 }, 1).catch(() => undefined);
      await cluster.close();
      expect(await state()).toBe(before);
      await client.close();
    });
  },
  { name: 'attempts' },
);
