import { Client } from '@elastic/elasticsearch';
import request from 'supertest';
import { parseConfig } from '../../src/config/load.js';
import { userNaming } from '../../src/normalize/privacy.js';
import { Database } from '../../src/store/embedded/database.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import {
  anomaliesOf,
  clusterEvening,
  embeddedEvening,
  NAMES,
  TARGET,
  VICTIM,
  type Evening,
} from './logins.js';

const PRIVACY = 'privacy: { users: pseudonym, key: a secret of the test }';
const REVEAL = 'api: { revealKey: another secret }';
const pseudonymOf = userNaming(parseConfig(PRIVACY, 'test.yml').privacy);

/** Every answer of the API and every page that could show a name. */
async function everythingShown(evening: Evening): Promise<string> {
  const { address } = evening.service;
  const job = `job=${evening.config.job}`;
  const items = await anomaliesOf(evening);
  const paths = [
    ...['/', '/coverage', '/v1/actions'],
    ...['/v1/anomalies?limit=1000', '/v1/episodes?limit=500', '/v1/windows?limit=500'].map(
      (path) => `${path}&${job}`,
    ),
    ...items.flatMap(({ id }) => [`/anomalies/${id}`, `/v1/anomalies/${id}`]),
    ...items.flatMap(({ entity }) => [
      `/entities/${entity.kind}/${encodeURIComponent(entity.id)}?range=30d&${job}`,
      `/v1/entities/${encodeURIComponent(entity.id)}?from=2026-11-01&${job}`,
    ]),
  ];
  const texts: string[] = [];
  for (const path of new Set(paths)) {
    const answer = await request(address).get(path).expect(200);
    texts.push(answer.text);
  }
  return texts.join('\n');
}

function namesIn(text: string): string[] {
  return NAMES.filter((name) => text.toLowerCase().includes(name.toLowerCase()));
}

function expectations(open: () => Promise<Evening>, stored: (evening: Evening) => Promise<string>): void {
  let evening: Evening;
  beforeAll(async () => {
    evening = await open();
  }, 300_000);
  afterAll(() => evening.stop());

  it('finds the same attacks, told of pseudonyms', async () => {
    const items = await anomaliesOf(evening);
    expect(items.map(({ reason }) => reason).join()).toContain(`got in as ${pseudonymOf(VICTIM)}`);
    expect(items.map(({ entity }) => entity.id)).toContain(pseudonymOf(TARGET));
  });

  it('logs and shows no clear name', async () => {
    expect(namesIn(evening.log.join('\n'))).toEqual([]);
    const shown = await everythingShown(evening);
    expect(shown).toContain(pseudonymOf(VICTIM));
    expect(namesIn(shown)).toEqual([]);
  });

  it('does not tell whose pseudonym it is to someone who asks by name', async () => {
    const { text } = await request(evening.service.address).get(`/v1/entities/${TARGET}?from=2026-11-01`);
    expect(text).not.toContain(pseudonymOf(TARGET));
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'X-Elkhound-Reveal-Key': 'guess' }],
    ['the key of the store of names', { 'X-Elkhound-Reveal-Key': 'a secret of the test' }],
  ])('reveals nothing for %s', async (_name, headers) => {
    const path = `/v1/entities/${pseudonymOf(VICTIM)}/reveal`;
    const body = { by: 'mallory', reason: 'curious' };
    const answer = await request(evening.service.address).post(path).set(headers).send(body).expect(403);
    expect(namesIn(answer.text)).toEqual([]);
  });

  it('reveals a name to whoever has the key, who asked being written down', async () => {
    const { address } = evening.service;
    const ask = (id: string, body: object) =>
      request(address)
        .post(`/v1/entities/${id}/reveal`)
        .set('X-Elkhound-Reveal-Key', 'another secret')
        .send(body);
    await ask(pseudonymOf(TARGET), { reason: 'no name given' }).expect(400);
    const who = { by: 'Ines, SOC', reason: 'case 4711' };
    // Neither another line nor another text: NUL, escape, line ends, turned and invisible writing, half a character.
    for (const sign of ['\0', '\u001b[2K', '\r\n', '\u2028', '\u202e', '\u200b', '\ud800', '\u0085']) {
      for (const forged of [{ by: `Ines${sign}Max` }, { reason: `case${sign}4711` }])
        await ask(pseudonymOf(TARGET), { ...who, ...forged }).expect(400);
    }
    const { body } = await ask(pseudonymOf(TARGET), who).expect(200);
    expect(body).toMatchObject({ id: pseudonymOf(TARGET), name: TARGET });
    const items = await anomaliesOf(evening);
    const stuffing = items.find(({ reason }) => reason.includes(pseudonymOf(VICTIM)))!;
    const second = await ask(pseudonymOf(VICTIM), { ...who, anomaly: stuffing.id }).expect(200);
    expect(second.body).toMatchObject({ name: VICTIM });
    // What no anomaly tells of stays hidden, even from those who have the key.
    await ask(pseudonymOf('colleague-3'), who).expect(404);
    await ask(pseudonymOf('colleague-3'), { ...who, anomaly: stuffing.id }).expect(404);
    await ask('guess-3', who).expect(404);
    const { text } = await request(address).get('/v1/actions').expect(200);
    expect(text).toContain('Ines, SOC was told the name of');
    const { items: actions } = JSON.parse(text) as { items: Record<string, string>[] };
    const refused = actions.filter(({ state }) => state === 'refused').map(({ message }) => message);
    const other = pseudonymOf('colleague-3');
    // Of the tries with a wrong key before, one a minute is written down.
    expect(refused.sort()).toEqual([
      'Ines, SOC was refused the name of (no pseudonym), of which no anomaly tells: case 4711',
      `Ines, SOC was refused the name of ${other}, of which no anomaly tells: case 4711`,
      `Ines, SOC was refused the name of ${other}, of which no anomaly tells: case 4711`,
      `whoever is at 127.0.0.1 sent a wrong key once and was refused the name of ${pseudonymOf(VICTIM)}`,
    ]);
    expect(text).toContain('case 4711');
    expect(namesIn(text)).toEqual([]);
    expect(evening.log.filter((line) => line.includes('a user name was asked for'))).toHaveLength(2);
    expect(namesIn(evening.log.join('\n'))).toEqual([]);
  });

  it('has stored no clear name, not even after names were revealed', async () => {
    await evening.stop();
    const text = await stored(evening);
    expect(text).toContain(pseudonymOf(VICTIM));
    expect(namesIn(text)).toEqual([]);
  });
}

/** All rows of all tables, but for the records of events: they are the logs as they came. */
async function rowsOf({ config }: Evening): Promise<string> {
  const database = await Database.open(config.store);
  const rows: unknown[] = [await database.rows('SELECT id, source, entities::VARCHAR FROM events')];
  for (const table of ['anomalies', 'alerts', 'windows', 'notifications', 'actions', 'models', 'states']) {
    rows.push(await database.rows(`SELECT columns(*)::VARCHAR FROM ${table}`));
  }
  await database.close();
  return JSON.stringify(rows);
}

describe('pseudonyms on the embedded store', () => {
  expectations(() => embeddedEvening(`${PRIVACY}\n${REVEAL}`), rowsOf);
});

describeElasticsearch('pseudonyms on Elasticsearch', (server) => {
  const job = `privacy-${String(process.pid)}`;
  expectations(
    () => clusterEvening(server().url, job, `${PRIVACY}\n${REVEAL}`),
    () => documentsOf(server().url, job),
  );
});

/** All documents of ours. */
async function documentsOf(url: string, job: string): Promise<string> {
  const client = new Client({ node: url });
  await client.indices.refresh({ index: 'elkhound-*' });
  const { hits } = await client.search({ index: 'elkhound-*', size: 10_000 });
  await client.close();
  return JSON.stringify(hits.hits)
    .split(`"_index"`)
    .filter((text) => text.includes(job))
    .join('\n');
}

describe('users off', () => {
  it('leaves no trace of users: no entity, no name, no pseudonym', async () => {
    const evening = await embeddedEvening('privacy: { users: off }');
    const items = await anomaliesOf(evening);
    expect(items.length).toBeGreaterThan(0);
    expect(items.filter(({ entity }) => entity.kind === 'user')).toEqual([]);
    const shown = await everythingShown(evening);
    expect(namesIn(shown)).toEqual([]);
    expect(shown).not.toMatch(/user-[0-9a-f]{12}/);
    await request(evening.service.address).post(`/v1/entities/${VICTIM}/reveal`).send({}).expect(403);
    await evening.stop();
    expect(namesIn(await rowsOf(evening))).toEqual([]);
  });
});
