/**
 * A service on a real cluster that cannot be reached or written for a while: what it says of itself.
 * The long counts, with all results compared, are `npm run verify:faults`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startService, type RunningService } from '../../src/app/app.js';
import { parseConfig } from '../../src/config/load.js';
import { systemClock } from '../../src/domain/clock.js';
import { Random } from '../../src/domain/random.js';
import { createLogger } from '../../src/observe/logger.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { FaultProxy } from '../faults/proxy.js';

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 2, 8);
const WINDOWS = 12;
/** Longer than the lease, so that it ends in each outage. */
const BLIND_MS = 7_000;
const LOST = 'does not work; tried again until it does';

interface Checks {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

describeElasticsearch(
  'a service whose cluster is away',
  (server) => {
    let proxy: FaultProxy;
    let cluster: Cluster;
    let service: RunningService;
    let other: RunningService | undefined;
    const lines: Record<string, unknown>[] = [];
    const start = async (url: string): Promise<RunningService> => {
      const config = parseConfig(
        `elasticsearch: { url: '${url}', requestTimeout: 3s, indices: [logs-*] }
api: { port: 0 }
store: { retention: 20000d }
schedule: { cron: '* * * * * *', queryDelay: 1s, lease: 5s }`,
        'test.yml',
      );
      const destination = {
        write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
      };
      const running = await startService({
        config,
        version: 'test',
        clock: systemClock,
        logger: createLogger('info', destination),
        simulated: false,
        untilMs: Infinity,
      });
      void running.run();
      return running;
    };
    const look = async (of = service): Promise<Checks> =>
      (await (await fetch(`${of.address}/readyz`)).json()) as Checks;
    const until = async (status: string, of = service): Promise<void> => {
      while ((await look(of)).status !== status) await delay(100);
    };
    /** Flows of one window, the first being 0. */
    const ship = async (window: number): Promise<void> => {
      const at = START + window * 5 * MINUTE_MS;
      const lines = Array.from({ length: 20 }, (_, host) => [
        { create: { _index: 'logs-office' } },
        {
          '@timestamp': new Date(at + host * 1000).toISOString(),
          event: { dataset: 'office' },
          source: { ip: `10.0.0.${String(host + 1)}` },
          destination: { ip: '192.0.2.1', port: 443 },
        },
      ]).flat();
      await ask('POST', '_bulk?refresh=true', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    };
    const ask = async (method: string, path: string, body?: string | object): Promise<unknown> => {
      const text = typeof body === 'object' ? JSON.stringify(body) : body;
      const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
      const response = await fetch(`${server().url}/${path}`, {
        method,
        headers: { 'content-type': type },
        ...(text === undefined ? {} : { body: text }),
      });
      const answer: unknown = await response.json();
      expect({ path, status: response.status, answer }).toMatchObject({ status: 200 });
      return answer;
    };
    const readWindows = async (): Promise<number> => {
      const query = { query: { term: { 'elkhound.status': 'done' } } };
      await ask('POST', 'elkhound-windows-*/_refresh');
      return ((await ask('POST', 'elkhound-windows-*/_count', query)) as { count: number }).count;
    };

    beforeAll(async () => {
      proxy = await FaultProxy.start({
        target: () => server().url,
        random: new Random(1),
        mischief: [],
        share: 0,
      });
      cluster = new Cluster({ nodes: [server().url] });
      await applySetup(cluster, await planSetup(cluster, { nowMs: START, retentionMs: 86_400_000 }));
      for (let window = 0; window < WINDOWS; window++) await ship(window);
      service = await start(proxy.url);
      await until('ready');
    });
    afterAll(async () => {
      await other?.stop();
      await service.stop();
      await proxy.stop();
      await cluster.close();
    });

    const block = (index: string, on: true | null) =>
      ask('PUT', `${index}/_settings`, { 'index.blocks.write': on });
    const settings = (name: string, value: unknown) =>
      ask('PUT', '_cluster/settings', { persistent: { [name]: value } });
    const outages: Record<string, readonly [begin: () => unknown, end: () => unknown]> = {
      'cannot be reached': [() => (proxy.outage = 'reset'), () => (proxy.outage = undefined)],
      'does not answer': [() => (proxy.outage = 'silence'), () => (proxy.outage = undefined)],
      'takes no writes of states': [() => block('elkhound-state', true), () => block('elkhound-state', null)],
      'takes no writes of results': [
        () => block('elkhound-windows-*', true),
        () => block('elkhound-windows-*', null),
      ],
      'is read-only': [
        () => settings('cluster.blocks.read_only', true),
        () => settings('cluster.blocks.read_only', null),
      ],
    };

    it.each(Object.entries(outages))(
      'is never ready while it %s, tells so once, and reads everything in the end',
      async (_about, [begin, end]) => {
        await until('ready');
        const before = await readWindows();
        lines.length = 0;
        // What is due meanwhile has to be read afterwards.
        await ship(before);
        await begin();
        await until('not_ready');
        const seen = new Set<string>();
        for (let waited = 0; waited < BLIND_MS; waited += 100) {
          seen.add((await look()).status);
          await delay(100);
        }
        await end();
        expect([...seen]).toEqual(['not_ready']);
        await until('ready');
        while ((await readWindows()) <= before) await delay(100);
        const said = lines.filter((line) => line['log.level'] !== 'debug').map(({ message }) => message);
        expect(said.filter((message) => message === LOST)).toHaveLength(1);
        expect(said.filter((message) => /^works again after \d+ s/.test(String(message)))).toHaveLength(1);
      },
    );

    it('is healthy where another service holds the lease, and says so', async () => {
      other = await start(server().url);
      await until('ready', other);
      const page = await (await fetch(other.address)).text();
      expect(page).toContain('windows: stands by: another service holds the lease of the job');
      const metrics = await (await fetch(`${other.address}/metrics`)).text();
      expect(metrics).toContain('elkhound_check_ok{check="windows"} 1');
    });
  },
  { name: 'readiness' },
);
