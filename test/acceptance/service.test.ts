import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CONCURRENCY } from '../../src/alert/deliver.js';
import { elkhound } from '../cli/run.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { ElkhoundProcess, getJson, Webhook, type Message } from './process.js';

interface Finding {
  readonly id: string;
  readonly behavior: string;
  readonly score: number;
  readonly revision: number;
}
interface Page {
  readonly items: Finding[];
}

/** Of one run. */
const KILLS = 3;

const folder = mkdtempSync(join(tmpdir(), 'elkhound-service-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeSamples('elkhound start on files', () => {
  const log = sampleFile('flows/ctu_mixed/010.conn.log.labeled.gz');
  const args = ['start', '--from', log, '--no-follow', '--until', '2022-06-14T22:00:00Z', '--port', '0'];
  let webhook: Webhook;
  let expected: Finding[];
  let told: Message[];

  const environment = (home: string): Record<string, string> => ({
    ELKHOUND_HOME: join(folder, home),
    ELKHOUND_WEBHOOK_URL: webhook.url,
  });
  const allFindings = async (address: string): Promise<Finding[]> => {
    const { items } = await getJson<Page>(`${address}/v1/anomalies?sort=time&limit=1000`);
    return items.sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  /** What a service shows that is started on a folder again. */
  const findingsIn = async (home: string): Promise<Finding[]> => {
    const service = ElkhoundProcess.start(['start', '--port', '0'], environment(home));
    const findings = await allFindings(await service.address());
    await service.stop();
    return findings;
  };

  beforeAll(async () => {
    webhook = await Webhook.start();
    const run = ElkhoundProcess.start(args, environment('whole'));
    expect(await run.end()).toBe(0);
    expected = await findingsIn('whole');
    told = [...webhook.messages];
  }, 120_000);
  afterAll(() => webhook.stop());

  it('finds the scanners and tells each episode once', () => {
    expect(new Set(expected.map(({ behavior }) => behavior))).toContain('port_scan');
    expect(told.length).toBeGreaterThan(0);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(told[0]!.data.summary).not.toBe('');
  });

  it('says nothing again when it is started again', () => {
    expect(webhook.messages).toEqual(told);
  });

  it('serves pages and probes, keeps its address for its owner alone, and holds its folder alone', async () => {
    const service = ElkhoundProcess.start(['start', '--port', '0'], environment('whole'));
    const address = await service.address();
    expect(await (await fetch(address)).text()).toContain('What is strange now');
    expect(await getJson(`${address}/healthz`)).toEqual({ status: 'ok' });
    await service.until(async () => (await fetch(`${address}/readyz`)).ok, 'readiness');
    expect(await (await fetch(`${address}/metrics`)).text()).toContain('elkhound_ticks_total');
    const file = join(folder, 'whole', 'service.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ address });
    const second = elkhound(['start', '--port', '0'], { env: environment('whole') });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(address);
    expect(await service.stop()).toBe(0);
    expect(() => statSync(file)).toThrow();
  });

  it.each([1, 2, 3])(
    'loses and doubles nothing over kills (run %i)',
    async (run) => {
      webhook.messages.length = 0;
      const home = `killed-${String(run)}`;
      for (let kill = 1; kill <= KILLS; kill++) {
        const service = ElkhoundProcess.start(args, environment(home));
        await service.address();
        await delay(400 * kill * run);
        await service.stop('SIGKILL');
      }
      expect(await ElkhoundProcess.start(args, environment(home)).end()).toBe(0);
      expect(await findingsIn(home)).toEqual(expected);
      // A kill repeats what was in hand at that moment, and no more (docs/architecture.md, "Delivering").
      const ids = webhook.messages.map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(told.map(({ id }) => id)));
      expect(ids.length - told.length).toBeLessThanOrEqual(KILLS * CONCURRENCY);
    },
    120_000,
  );
});

describe('elkhound start', () => {
  it.each([
    [['start', '--from', join(folder, 'absent', 'x.log')], 2, 'absent'],
    [['start', '--port', '99999'], 2, '99999'],
    [['start', '--until', 'soon'], 2, 'soon'],
    [['start'], 2, '--from'],
  ])('%j ends with %i and says why', (args, status, words) => {
    const env = { ELKHOUND_HOME: join(folder, 'none') };
    const result = elkhound(args, { env });
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(words);
  });
});
