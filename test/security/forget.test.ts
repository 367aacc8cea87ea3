import { Client } from '@elastic/elasticsearch';
import { Forgotten } from '../../src/domain/forgotten.js';
import { forgetInPayload } from '../../src/job/model.js';
import { Database } from '../../src/store/embedded/database.js';
import { elkhound } from '../cli/run.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { again, anomaliesOf, clusterEvening, embeddedEvening, type Cast, type Evening } from './logins.js';

const VICTIM = 'henrietta.falk';
const TARGET = 'ludwig.sandgren';
const ATTACKER = '203.0.113.77';
const CAST: Cast = { victim: VICTIM, target: TARGET, attacker: ATTACKER };

interface Counted {
  readonly index: string;
  readonly deleted: number;
  readonly scrubbed: number;
}
type Counts = Readonly<Record<string, Counted>>;

/** Runs the command; counts by index, monthly families under their short name. */
function forget(evening: Evening, name: string, ...options: string[]): Counts {
  const { store, elasticsearch, job } = evening.config;
  const env: Record<string, string> = { ELKHOUND_HOME: store.home };
  if (elasticsearch.url !== undefined) env.ELKHOUND_ELASTICSEARCH_URL = elasticsearch.url;
  const file = evening.fileOf(
    `job: ${job}\nelasticsearch: { indices: ${JSON.stringify(elasticsearch.indices)} }`,
  );
  const { status, stdout, stderr } = elkhound(['forget', name, '--config', file, '--json', ...options], {
    env,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: `configuration: ${file}\n` });
  const counts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Counted);
  return Object.fromEntries(counts.map((count) => [count.index.replace('elkhound-', ''), count]));
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, { deleted, scrubbed }) => sum + deleted + scrubbed, 0);
}

/** @param stored everything that the store holds of the evening, as text */
function expectations(open: () => Promise<Evening>, stored: (evening: Evening) => Promise<string>): void {
  let evening: Evening;
  beforeAll(async () => {
    evening = await open();
    await evening.stop();
  }, 300_000);

  it('only counts in a dry run', async () => {
    const before = await stored(evening);
    const planned = forget(evening, VICTIM, '--dry-run');
    expect(sumOf(planned)).toBeGreaterThan(0);
    expect((await stored(evening)) === before).toBe(true);
    expect(forget(evening, VICTIM, '--dry-run')).toEqual(planned);
  });

  it('takes a user out of what was told of others, out of states and models', async () => {
    expect((await stored(evening)).includes(VICTIM)).toBe(true);
    const counts = forget(evening, VICTIM);
    expect(counts.anomalies!.scrubbed).toBeGreaterThan(0);
    expect(counts.alerts!.scrubbed).toBeGreaterThan(0);
    expect(counts.states!.scrubbed).toBeGreaterThan(0);
    const text = await stored(evening);
    expect(text.includes(VICTIM)).toBe(false);
    expect(text.includes('got in as [forgotten]')).toBe(true);
    expect(text.includes(TARGET)).toBe(true);
    // Nothing is found a second time, neither by name nor by identity.
    expect(sumOf(forget(evening, VICTIM))).toBe(0);
  });

  it('deletes what is about a user or a host, and leaves the rest alone', async () => {
    expect(forget(evening, TARGET).anomalies!.deleted).toBe(1);
    expect((await stored(evening)).includes(TARGET)).toBe(false);
    expect((await stored(evening)).includes(ATTACKER)).toBe(true);
    const counts = forget(evening, ATTACKER);
    expect(counts.alerts!.deleted).toBeGreaterThan(0);
    expect(counts.models!.scrubbed + counts.states!.scrubbed).toBeGreaterThan(0);
    expect((await stored(evening)).includes(ATTACKER)).toBe(false);
    expect(counts.windows).toMatchObject({ deleted: 0, scrubbed: 0 });
  });

  it('leaves a state that the service goes on from', async () => {
    const next = await again(evening);
    const items = await anomaliesOf(next);
    await next.stop();
    expect(JSON.stringify(items)).not.toMatch(new RegExp([VICTIM, TARGET, ATTACKER].join('|')));
    expect(next.log.filter((line) => line.includes('"error"'))).toEqual([]);
  });
}

describe('elkhound forget on the embedded store', () => {
  expectations(
    () => embeddedEvening('', [], CAST),
    async ({ config }) => {
      const database = await Database.open(config.store);
      const rows: unknown[] = [];
      for (const table of ['events', 'anomalies', 'alerts', 'windows', 'notifications', 'models', 'states']) {
        rows.push(await database.rows(`SELECT columns(*)::VARCHAR FROM ${table} ORDER BY ALL`));
      }
      await database.close();
      return JSON.stringify(rows);
    },
  );

  it('wants a name', () => {
    expect(elkhound(['forget', ' '])).toMatchObject({ status: 2 });
  });
});

// A server of its own, since it looks through what all jobs have written.
describeElasticsearch(
  'elkhound forget on Elasticsearch',
  (server) => {
    const job = `forget-${String(process.pid)}`;
    expectations(
      () => clusterEvening(server().url, job, '', [], CAST),
      async () => {
        const client = new Client({ node: server().url });
        await client.indices.refresh({ index: 'elkhound-*' });
        const { hits } = await client.search({ index: 'elkhound-*', size: 10_000 });
        await client.close();
        const own = hits.hits.map((hit) => JSON.stringify(hit)).filter((text) => text.includes(job));
        return own.sort().join('\n');
      },
    );
  },
  { name: 'forget' },
);

describe('a model', () => {
  it.each(['', 'no JSON', 'null', '7', '{}', '{"ensembles":{}}'])(
    'that cannot be read is known not to be one: %s',
    (payload) => {
      expect(forgetInPayload(payload, new Forgotten(['alice']))).toBeUndefined();
    },
  );
});

describe('Forgotten', () => {
  const texts = new Set(['reason']);

  it.each([
    ['10.0.0.5', 'from 10.0.0.5:443 to 10.0.0.50', 'from [forgotten]:443 to 10.0.0.50'],
    ['10.0.0.5', '110.0.0.5 and 10.0.0.5.', '110.0.0.5 and [forgotten].'],
    ['10.0.0.5', '10.0.0.5.example 10.0.0.5-x', '10.0.0.5.example 10.0.0.5-x'],
    ['fe80::1', 'fe80::1 fe80::1:2 [fe80::1]:443', '[forgotten] fe80::1:2 [[forgotten]]:443'],
    ['a(b.*', 'user a(b.* got in', 'user [forgotten] got in'],
    ['$&', 'user $& got in', 'user [forgotten] got in'],
  ])('finds %s as a whole word', (name, text, expected) => {
    expect(new Forgotten([name]).scrubbed({ reason: text }, texts)).toEqual({ reason: expected });
  });

  it('leaves words alone that only look like the name', () => {
    const document = { event: { kind: 'alert' }, severity: 'high', reason: 'nothing' };
    for (const name of ['alert', 'high', 'event']) {
      expect(new Forgotten([name]).scrubbed(document, texts)).toBe(document);
    }
  });

  it('never makes two identities one', () => {
    const who = new Forgotten(['alice', 'bob']);
    who.addIdentity(7, 8);
    const identities = Int32Array.of(7, 8, 9, 10, 7, 8);
    expect(who.scrubIdentities(identities)).toBe(2);
    expect(new Set([0, 2, 4].map((at) => identities.slice(at, at + 2).join())).size).toBe(3);
  });
});
