import request from 'supertest';
import { SEVERITIES, type Severity } from '../../src/domain/anomaly.js';
import { ANCHOR_MS, ANOMALIES, EPISODES, RECORDS } from './fixtures.js';
import { dependenciesOn, filledStore, serve, type RunningService, type TestStore } from './service.js';

interface Item {
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  readonly window: { readonly start: string };
}
interface List {
  readonly items: readonly Item[];
  readonly next: string | null;
}

let store: TestStore;
let service: RunningService;

beforeAll(async () => {
  store = await filledStore();
  service = await serve(dependenciesOn(store));
});

afterAll(async () => {
  await service.close();
  await store.destroy();
});

async function list(path: string): Promise<List> {
  return (await request(service.address).get(path).expect(200)).body as List;
}

const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id).sort();
const from = new Date(ANCHOR_MS - 3_600_000).toISOString();
const fromMs = ANCHOR_MS - 3_600_000;

describe('/v1/anomalies', () => {
  it.each([
    ['', () => true],
    ['behavior=data_theft', (a) => a.behavior === 'data_theft'],
    ['severity=high', (a) => SEVERITIES.indexOf(a.severity) >= 2],
    ['minScore=0.995', (a) => a.score >= 0.995],
    ['entity=10.0.4.80', (a) => a.entity.source === '10.0.4.80'],
    ['entityKind=user', (a) => a.entity.kind === 'user'],
    [`episode=${EPISODES[1]!.id}`, (a) => a.episode === EPISODES[1]!.id],
    [`from=${from}`, (a) => a.window.start >= fromMs],
    [
      `from=${String(fromMs)}&to=${String(ANCHOR_MS - 600_000)}`,
      (a) => a.window.start >= fromMs && a.window.start < ANCHOR_MS - 600_000,
    ],
    [`to=${String(fromMs / 1000)}`, (a) => a.window.start < fromMs],
    ['status=retracted', () => false],
    ['job=other', () => false],
    ['site=default&job=default&behavior=mining&severity=low', (a) => a.behavior === 'mining'],
  ] as readonly [string, (anomaly: (typeof ANOMALIES)[number]) => boolean][])(
    'with "%s" lists exactly these',
    async (query, holds) => {
      const { items, next } = await list(`/v1/anomalies?limit=1000&${query}`);
      expect(ids(items)).toEqual(ids(ANOMALIES.filter(holds)));
      expect(next).toBeNull();
    },
  );

  it.each(['time', '-time', 'score', '-score', 'severity', '-severity'])(
    'pages in the order of %s without gap or overlap',
    async (sort) => {
      const seen: Item[] = [];
      let cursor: string | null = null;
      do {
        const page: List = await list(
          `/v1/anomalies?sort=${sort}&limit=37${cursor === null ? '' : `&cursor=${cursor}`}`,
        );
        seen.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(ids(seen)).toEqual(ids(ANOMALIES));
      const key = (item: Item): number =>
        sort.endsWith('time')
          ? Date.parse(item.window.start)
          : sort.endsWith('score')
            ? item.score
            : SEVERITIES.indexOf(item.severity);
      const sign = sort.startsWith('-') ? -1 : 1;
      const keys = seen.map((item) => sign * key(item));
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
    },
  );

  it('gives one with the raw events behind it', async () => {
    const anomaly = ANOMALIES.find(({ behavior }) => behavior === 'host_sweep')!;
    const { body } = await request(service.address).get(`/v1/anomalies/${anomaly.id}`).expect(200);
    const { events, evidence } = body as {
      events: { id: string; record: object }[];
      evidence: { id: string }[];
    };
    expect(ids(events)).toEqual(ids(evidence));
    expect(events[0]!.record).toMatchObject({ 'id.orig_h': '10.0.3.41' });
  });
});

describe('/v1/episodes and /v1/windows', () => {
  it('list each episode once', async () => {
    expect(ids((await list('/v1/episodes')).items)).toEqual(ids(EPISODES));
  });

  it('list window records, newest first', async () => {
    const { items } = await list('/v1/windows?limit=1000');
    const newestFirst = [...RECORDS].reverse().map(({ window }) => new Date(window.start).toISOString());
    expect(items.map(({ window }) => window.start)).toEqual(newestFirst);
  });
});

describe('/v1/entities/:id', () => {
  it('tells the history of an address with slashes and brackets in its id', async () => {
    const id = '10.0.4.80>192.0.2.66:3333/tcp';
    const { body } = await request(service.address)
      .get(`/v1/entities/${encodeURIComponent(id)}?limit=1000`)
      .expect(200);
    const own = ANOMALIES.filter(({ entity }) => entity.id === id);
    expect(body).toMatchObject({ id, entities: [{ kind: 'pair', id }] });
    expect((body as { history: unknown[] }).history).toHaveLength(own.length);
    expect((body as { events: { id: string }[] }).events).toHaveLength(1);
  });

  it('answers for an entity that was never strange', async () => {
    const { body } = await request(service.address).get('/v1/entities/10.9.9.9').expect(200);
    expect(body).toMatchObject({
      id: '10.9.9.9',
      entities: [],
      history: [],
      anomalies: { items: [], next: null },
      events: [],
    });
  });
});

describe('answers', () => {
  it('carry an ETag, and 304 where nothing changed', async () => {
    const { headers } = await request(service.address).get('/v1/episodes').expect(200);
    expect(headers['cache-control']).toBe('private, no-cache');
    await request(service.address).get('/v1/episodes').set('If-None-Match', headers.etag!).expect(304);
  });
});
