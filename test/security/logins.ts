/**
 * An evening of logins with a credential stuffing, on either store, run by the very service.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { pino } from 'pino';
import request from 'supertest';
import { startService, type RunningService } from '../../src/app/app.js';
import { FileCollector } from '../../src/collect/collector.js';
import { parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { ManualClock } from '../../src/domain/clock.js';
import { FileFeed } from '../../src/feeds/files.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';

const START_MS = Date.UTC(2026, 10, 20, 18);
const END_MS = START_MS + 3 * 3_600_000;
/** Whom an evening is about. What is forgotten is forgotten for all jobs of a cluster, so names may differ. */
export interface Cast {
  /** Who was broken into. */
  readonly victim: string;
  /** Who was attacked from everywhere. */
  readonly target: string;
  readonly attacker: string;
}
export const VICTIM = 'wilhelmina.brandt';
export const TARGET = 'oscar.lindqvist';
export const ATTACKER = '203.0.113.9';
const CAST: Cast = { victim: VICTIM, target: TARGET, attacker: ATTACKER };
const SERVER = '10.0.0.9';
/** Words of the logs that name a person; none may be seen where names are private. */
export const NAMES = [VICTIM, TARGET, 'Wilhelmina', 'Lindqvist', 'colleague-'];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Document = Record<string, unknown>;

function login(timeMs: number, source: string, user: string, outcome: 'success' | 'failure'): Document {
  return {
    '@timestamp': new Date(timeMs).toISOString(),
    message: `${outcome} of ${user} from ${source}`,
    event: { category: ['authentication'], action: 'ssh_login', outcome, dataset: 'system.auth' },
    source: { ip: source, port: 50_000 },
    destination: { ip: SERVER, port: 22 },
    network: { transport: 'tcp', protocol: 'ssh' },
    user: { name: user, full_name: `The ${user.split('.')[0]!} ${user.split('.')[1] ?? ''}`, id: '1004' },
    related: { user: [user], ip: [source] },
    file: { path: `/home/${user}/.bashrc` },
  };
}

/** Everybody works; then one host tries many names and gets in, and many hosts try one name. */
function loginDocuments({ victim, target, attacker }: Cast): Document[] {
  const documents: Document[] = [];
  for (let minute = 0; minute < 180; minute++) {
    const at = START_MS + minute * 60_000;
    const person = `colleague-${String(minute % 12)}`;
    documents.push(login(at, `10.0.1.${String(minute % 12)}`, person, 'success'));
    if (minute % 30 === 7) documents.push(login(at + 500, '10.0.1.77', victim, 'success'));
  }
  const attack = START_MS + 150 * 60_000;
  for (let i = 0; i < 40; i++) {
    documents.push(login(attack + i * 1_000, attacker, `guess-${String(i)}`, 'failure'));
    documents.push(login(attack + i * 1_000 + 7, `198.51.100.${String(i)}`, target, 'failure'));
  }
  documents.push(login(attack + 41_000, attacker, victim, 'success'));
  return documents;
}

/** What the API tells of an anomaly, as far as the tests look at it. */
export interface Listed {
  readonly id: string;
  readonly reason: string;
  readonly entity: { readonly kind: string; readonly id: string };
}

/** The anomalies of the evening's own job: a cluster may hold those of other evenings too. */
export async function anomaliesOf({ service, config }: Evening): Promise<readonly Listed[]> {
  const { body } = await request(service.address)
    .get(`/v1/anomalies?limit=1000&job=${config.job}`)
    .expect(200);
  return (body as { items: readonly Listed[] }).items;
}

/** A service that has run to the end of the evening, and still answers. */
export interface Evening {
  readonly service: RunningService;
  readonly config: Config;
  /** Everything that it logged. */
  readonly log: string[];
  stop(): Promise<void>;
  /** A file with a text. */
  fileOf(text: string): string;
}

/** Runs the service over the evening on the embedded store of a new folder. */
export async function embeddedEvening(
  options = '',
  more: readonly string[] = [],
  cast = CAST,
): Promise<Evening> {
  const home = mkdtempSync(join(tmpdir(), 'elkhound-evening-'));
  folders.push(home);
  const file = join(home, 'logins.ndjson');
  writeFileSync(
    file,
    [...loginDocuments(cast).map((document) => JSON.stringify(document)), ...more].join('\n'),
  );
  const config = parseConfig(`store: { home: ${home} }\n${options}`, 'test.yml');
  const collector = await FileCollector.open([file], config.collect);
  const evening = await run(
    config,
    (ingester) => new FileFeed({ collector, ingester, onProgress: () => undefined, onLook: () => undefined }),
  );
  return evening;
}

/** Runs the service over the evening in an index of a cluster. */
export async function clusterEvening(
  url: string,
  job: string,
  options = '',
  more: readonly string[] = [],
  cast = CAST,
): Promise<Evening> {
  const cluster = new Cluster({ nodes: [url] });
  await applySetup(cluster, await planSetup(cluster, { nowMs: END_MS, retentionMs: 90 * 86_400_000 }));
  await cluster.close();
  const index = `evening-${job}`;
  const client = new Client({ node: url });
  const keyword = { type: 'keyword' as const };
  const mappings = {
    dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: keyword } }],
    properties: {
      '@timestamp': { type: 'date' as const },
      source: { properties: { ip: { type: 'ip' as const } } },
    },
  };
  await client.indices.create({ index, mappings });
  const operations = loginDocuments(cast).flatMap((document) => [{ create: { _index: index } }, document]);
  await client.bulk({ operations, refresh: true });
  // Some are refused by Elasticsearch itself, which is as good.
  for (const document of more) {
    await client.transport
      .request({ method: 'POST', path: `/${index}/_doc?refresh=true`, body: document })
      .catch(() => undefined);
  }
  await client.close();
  const config = parseConfig(
    `job: ${job}\nelasticsearch: { url: "${url}", indices: [${index}] }\n${options}`,
    'test.yml',
  );
  return run(config);
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-evening-'));
  folders.push(folder);
  writeFileSync(join(folder, 'elkhound.yml'), text);
  return join(folder, 'elkhound.yml');
}

/** The same service started again, on what the first one left. */
export function again({ config }: Evening): Promise<Evening> {
  return run(config);
}

type FeedOn = (
  ingester: Parameters<NonNullable<Parameters<typeof startService>[0]['feedOn']>>[1],
) => FileFeed;

async function run(config: Config, feed?: FeedOn): Promise<Evening> {
  const log: string[] = [];
  const service = await startService({
    config: { ...config, api: { ...config.api, port: 0 } },
    version: '0',
    clock: new ManualClock(END_MS + 86_400_000),
    logger: pino({ level: 'debug' }, { write: (line) => log.push(line) }),
    simulated: false,
    untilMs: END_MS,
    ...(feed ? { feedOn: (_store, ingester) => feed(ingester) } : {}),
  });
  await service.run();
  let stopped: Promise<void> | undefined;
  return { service, config, log, stop: () => (stopped ??= service.stop()), fileOf };
}
