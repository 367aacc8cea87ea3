/**
 * A cluster with logs, services that run over it, and what they leave behind.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elkhound } from '../cli/run.js';
import { ElkhoundProcess, Webhook } from '../acceptance/process.js';
import { accountOf, contentOf, type Hit } from './content.js';

const DAY_MS = 86_400_000;
/** Days of logs. */
const DAYS = 5;
/** Days that most runs see: three quarters are learned from, so that a good half a day is scored. */
const USUAL_DAYS = 2.25;
const CLOCK_SHIM = join(__dirname, 'clock-shim.cjs');
/** A backing index takes no new documents but through the data stream that it belongs to. */
const BACKING_INDEX = /^\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6}$/;
const PAGE_SIZE = 5000;

/** What a run has left, by what must be equal whatever happened on the way. */
export interface Outcome {
  /** Content of the anomalies by id. */
  readonly anomalies: ReadonlyMap<string, string>;
  /** Status and counts of the windows by start. */
  readonly windows: ReadonlyMap<string, string>;
  /** Ids of the alert documents. */
  readonly alerts: ReadonlySet<string>;
  /** How often each notification came. */
  readonly told: ReadonlyMap<string, number>;
}

/** Documents of the logs that have been taken away. */
export interface Withheld {
  readonly documents: number;
  /** Gives them back, or puts them into another index, where one is named. */
  readonly arrive: (to?: Place) => Promise<void>;
}

/** An index, on the cluster of the logs where no other one is named. */
export interface Place {
  readonly index: string;
  /** Address of the cluster. */
  readonly url?: string;
}

/** How services run. */
export interface ServiceSettings {
  readonly url: string;
  readonly windowsPerTick?: number;
  readonly lateness?: string | undefined;
  /** Event time beyond which nothing is run. (Default: {@link World.usualEndMs}) */
  readonly untilMs?: number | undefined;
  /** (Default: five minutes) */
  readonly windowLength?: string | undefined;
  /** (Default: those of the product) */
  readonly indices?: readonly string[] | undefined;
  /** Its clock is what {@link World.setClock} says. */
  readonly settableClock?: boolean;
}

/** The logs of a few simulated days on a cluster. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'elkhound-faults-'));
  private readonly clockFile = join(this.folder, 'clock');
  /** End of the logs: a Friday, whatever the day of the run. */
  readonly endMs = Date.parse('2026-01-16');
  private readonly startMs = this.endMs - DAYS * DAY_MS;
  /** Where most runs end. */
  readonly usualEndMs = this.startMs + USUAL_DAYS * DAY_MS;
  private webhook!: Webhook;
  private services = 0;
  private readonly outcomes = new Map<string, Outcome>();

  /** @param url address of the server itself, whatever stands before it for the services */
  constructor(readonly url: () => string) {}

  /** Sets the cluster up and fills it. */
  async fill(seed = 7): Promise<void> {
    this.webhook = await Webhook.start();
    this.run('setup');
    const part = (startMs: number, days: number, calm: number): void => {
      const office = `--seed ${String(seed)} --hosts 24 --attacks loud`;
      const time = `--start ${new Date(startMs).toISOString()} --days ${String(days)} --calm ${String(calm)}`;
      this.run(...`simulate --to elasticsearch ${office} ${time}`.split(' '));
    };
    part(this.startMs, USUAL_DAYS, 1.75);
    part(this.usualEndMs, DAYS - USUAL_DAYS, 0);
    await this.ask('POST', 'logs-*/_refresh');
  }

  /** Forgets all results, as before the first run. */
  async reset(): Promise<void> {
    const indices = await this.ask<{ index: string }[]>('GET', '_cat/indices/elkhound-*?h=index&format=json');
    if (indices.length > 0) await this.ask('DELETE', indices.map(({ index }) => index).join(','));
    this.run('setup');
    this.webhook.messages.length = 0;
  }

  /** Starts a service that ends when all windows are done. */
  service(settings: ServiceSettings): ElkhoundProcess {
    const file = join(this.folder, `service-${String(this.services++)}.yml`);
    writeFileSync(file, this.configOf(settings));
    const until = new Date(settings.untilMs ?? this.usualEndMs).toISOString();
    const clock = { NODE_OPTIONS: `--require ${CLOCK_SHIM}`, ELKHOUND_TEST_CLOCK: this.clockFile };
    return ElkhoundProcess.start(
      ['start', '--config', file, '--port', '0', '--until', until],
      settings.settableClock === true ? clock : {},
    );
  }

  /** Sets the clock of services whose clock can be set. @param offsetMs from the true time */
  setClock(offsetMs: number): void {
    const next = `${this.clockFile}.next`;
    writeFileSync(next, String(offsetMs));
    renameSync(next, this.clockFile);
  }

  /** How often clocks have been set so far. */
  get clocksSet(): number {
    const file = `${this.clockFile}.set`;
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  }

  /** What is there now. @param isReadAgain some windows were read again, and tell of it where others do not */
  async outcome(isReadAgain = false): Promise<Outcome> {
    await this.ask('POST', 'elkhound-*/_refresh');
    const [anomalies, windows, alerts] = await Promise.all([
      this.all('elkhound-anomalies-*'),
      this.all('elkhound-windows-*'),
      this.all('elkhound-alerts-*'),
    ]);
    const told = new Map<string, number>();
    for (const { id } of this.webhook.messages) told.set(id, (told.get(id) ?? 0) + 1);
    return {
      anomalies: new Map(anomalies.map((hit) => [hit._id, contentOf(hit, isReadAgain)])),
      windows: new Map(windows.map((hit) => [hit._id, accountOf(hit, isReadAgain)])),
      alerts: new Set(alerts.map(({ _id }) => _id)),
      told,
    };
  }

  /** What a run without faults leaves: the same for all kinds of faults with the same arrivals. */
  async once(name: string, run: () => Promise<Outcome>): Promise<Outcome> {
    const known = this.outcomes.get(name) ?? (await run());
    this.outcomes.set(name, known);
    return known;
  }

  /** Takes documents of the logs away, and gives them back. */
  async withhold(query: object): Promise<Withheld> {
    const hits = await this.all('logs-*', query);
    const lines = (of: (hit: Hit) => object[]): string =>
      hits
        .flatMap(of)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('');
    const bulk = async (body: string, url?: string): Promise<void> => {
      if (body === '') return;
      const { errors, items } = await this.ask<{
        errors: boolean;
        items: Record<string, { error?: object }>[];
      }>('POST', '_bulk?refresh=true', body, url);
      const refused = items.find((item) => Object.values(item).some(({ error }) => error !== undefined));
      if (errors) throw new Error(`the logs could not be changed: ${JSON.stringify(refused)}`);
    };
    await bulk(lines(({ _id, _index }) => [{ delete: { _id, _index } }]));
    return {
      documents: hits.length,
      arrive: (to) =>
        bulk(
          lines(({ _id, _index, _source }) => [
            { create: { _id, _index: to?.index ?? _index.replace(BACKING_INDEX, '$1') } },
            _source,
          ]),
          to?.url,
        ),
    };
  }

  /** Windows that were read again for late documents, or miss some that came too late. */
  async lateWindows(): Promise<number> {
    await this.ask('POST', 'elkhound-windows-*/_refresh');
    const should = ['elkhound.late', 'elkhound.missed'].map((field) => ({ exists: { field } }));
    const query = { bool: { should } };
    const { count } = await this.ask<{ count: number }>('POST', 'elkhound-windows-*/_count', { query });
    return count;
  }

  /** A request to the server itself, or to another one. */
  async ask<T>(method: string, path: string, body?: object | string, url = this.url()): Promise<T> {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }

  async end(): Promise<void> {
    await this.webhook.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(...args: string[]): void {
    const { status, stderr } = elkhound(args, { env: { ELKHOUND_ELASTICSEARCH_URL: this.url() } });
    if (status !== 0) throw new Error(`elkhound ${args[0]!}: ${stderr}`);
  }

  /** Delays and retries as in the product, but short; pages that a busy machine answers with within the time. */
  private configOf({
    url,
    windowsPerTick = 5,
    lateness = '1d',
    windowLength = '5m',
    settableClock = false,
    indices,
  }: ServiceSettings): string {
    // A clock that is set ahead by hours has missed each beat of them, one by one.
    const cron = settableClock ? '*/10 * * * * *' : '* * * * * *';
    const logs = indices === undefined ? '' : `, indices: ${JSON.stringify(indices)}`;
    return `elasticsearch: { url: '${url}', requestTimeout: 3s, pageSize: 1000${logs} }
schedule: { cron: '${cron}', windowLength: ${windowLength}, windowsPerTick: ${String(windowsPerTick)}, lease: 5s, lateness: ${lateness}, audit: 10s }
alert: { channels: { hook: { url: '${this.webhook.url}' } } }
log: { level: debug }
`;
  }

  /** As of one moment: a merge between two pages would show documents twice, and leave others out. */
  private async all(index: string, query: object = { match_all: {} }): Promise<Hit[]> {
    const opened = `${index}/_pit?keep_alive=1m&ignore_unavailable=true`;
    const { id } = await this.ask<{ id: string }>('POST', opened);
    const found: Hit[] = [];
    try {
      for (let after: unknown[] | undefined; ;) {
        const { hits } = await this.ask<{ hits: { hits: (Hit & { sort: unknown[] })[] } }>(
          'POST',
          '_search',
          {
            pit: { id, keep_alive: '1m' },
            ...{ query, size: PAGE_SIZE, sort: ['_shard_doc'] },
            ...(after === undefined ? {} : { search_after: after }),
          },
        );
        found.push(...hits.hits);
        if (hits.hits.length < PAGE_SIZE) return found;
        after = hits.hits.at(-1)!.sort;
      }
    } finally {
      await this.ask('DELETE', '_pit', { id });
    }
  }
}
