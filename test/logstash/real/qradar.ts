/**
 * A QRadar's API on loopback, as IBM documents `GET /api/siem/offenses`: the token in `SEC`, `Range`, `sort`,
 * `Content-Range`, and errors as JSON. It goes through what such a server goes through.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificates } from './certificates.js';
import type { Intakes } from './installation.js';

/** An offense, by the names of the API. */
export type Offense = Readonly<Record<string, unknown>>;

/** How a request can end. */
export type Ending = 'told' | 'empty' | 'unauthorized' | 'broken' | 'cut' | 'impostor';

/** What Logstash was given, and how often each ending came. */
export interface Exercise {
  readonly token: string;
  /** All that were there, as they were told last. */
  readonly offenses: readonly Offense[];
  /** Those that grew or were closed, as they were told before. */
  readonly before: readonly Offense[];
  readonly endings: Readonly<Record<Ending, number>>;
}

const TOKEN = '0f6e3a52-7f5c-4d2e-9b41-elkhound-sec';
/** What the server takes once the token has been renewed. */
const RENEWED = '5c1d8a70-renewed';
const POLL_EVERY = '2s';
const PATIENCE_MS = 120_000;
const POLL_MS = 50;
/** Offenses that nobody has touched for longer than those of the fixtures; with them there are more than one page. */
const OLD = 250;
/** What the documentation has besides what the pipeline reads. */
const OTHER_FIELDS: Offense = {
  follow_up: false,
  protected: false,
  inactive: false,
  domain_id: 0,
  device_count: 2,
  username_count: 1,
  close_time: null,
  closing_reason_id: null,
  source_network: 'other',
  destination_networks: ['Net-10-172-192.Net_10_0_0_0'],
  log_sources: [{ id: 63, name: 'Custom Rule Engine-8', type_id: 18, type_name: 'EventCRE' }],
  last_persisted_time: 1773307300000,
};

/** The API, with the offenses of the fixtures as the newest. */
export class Qradar {
  private readonly endings: Record<Ending, number> = {
    told: 0,
    empty: 0,
    unauthorized: 0,
    broken: 0,
    cut: 0,
    impostor: 0,
  };
  private ending: Ending = 'empty';
  private offenses: Offense[];

  private constructor(
    private readonly server: Server,
    private readonly certificates: Certificates,
    fixtures: readonly Offense[],
  ) {
    const newest = fixtures.map(({ '@timestamp': _received, ...offense }) => ({
      ...offense,
      ...OTHER_FIELDS,
    }));
    this.offenses = [...old(newest[0]!), ...newest];
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.answer(request, response);
    });
    server.on('tlsClientError', () => {
      this.endings.impostor++;
    });
  }

  /** Starts to listen; it has nothing to tell yet. */
  static async start(certificates: Certificates, fixtures: readonly Offense[]): Promise<Qradar> {
    const qradar = new Qradar(createServer(identity(certificates.server)), certificates, fixtures);
    await once(qradar.server.listen(0, '127.0.0.1'), 'listening');
    return qradar;
  }

  /** The intake that asks it. */
  intakes(): Intakes {
    const { port } = this.server.address() as AddressInfo;
    return {
      qradar: {
        ELKHOUND_QRADAR_URL: `https://127.0.0.1:${String(port)}`,
        ELKHOUND_QRADAR_TOKEN: TOKEN,
        ELKHOUND_QRADAR_CA: this.certificates.authority,
        ELKHOUND_QRADAR_EVERY: POLL_EVERY,
      },
    };
  }

  /** Tells all, again and again; offenses change, requests fail in every way, and it comes to rest. */
  async exercise(): Promise<Exercise> {
    await this.until('told', 2);
    const before = this.change();
    await this.until('told', 2);
    await this.until('broken', 1);
    await this.until('unauthorized', 2);
    // The poller tries a second time before it gives up.
    await this.until('cut', 2);
    await this.throughImpostor();
    await this.until('told', 1);
    await this.until('empty', 1);
    return { token: TOKEN, offenses: this.offenses, before, endings: { ...this.endings } };
  }

  /** One offense grows, another is closed; as they were before. */
  private change(): Offense[] {
    const [closing, growing] = this.offenses.slice(-3) as [Offense, Offense];
    const time = Number(growing.last_updated_time) + 60_000;
    const changed = new Map([
      [growing, { ...growing, event_count: 1_200, last_updated_time: time }],
      [closing, { ...closing, status: 'CLOSED', closing_user: 'bob' }],
    ]);
    this.offenses = this.offenses.map((offense) => changed.get(offense) ?? offense);
    return [...changed.keys()];
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Waits until so many further requests have ended so. */
  private async until(ending: Ending, times: number): Promise<void> {
    this.ending = ending;
    const wanted = this.endings[ending] + times;
    const deadline = Date.now() + PATIENCE_MS;
    while (this.endings[ending] < wanted) {
      if (Date.now() > deadline) throw new Error(`the QRadar intake does not ask: ${ending}`);
      await delay(POLL_MS);
    }
  }

  /** Somebody else at the same address, whom no request may reach. */
  private async throughImpostor(): Promise<void> {
    this.server.setSecureContext(identity(this.certificates.stranger));
    this.server.closeAllConnections();
    await this.until('impostor', 1);
    this.server.setSecureContext(identity(this.certificates.server));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { ending } = this;
    this.endings[ending]++;
    const url = new URL(request.url ?? '/', 'https://qradar');
    const token = ending === 'unauthorized' ? RENEWED : TOKEN;
    if (ending === 'cut') request.socket.destroy();
    else if (ending === 'broken') fail(response, 500, 1020, 'The offense list could not be retrieved.');
    else if (request.headers.sec !== token) fail(response, 401, 18, 'The token is not authorized.');
    else if (url.pathname !== '/api/siem/offenses') fail(response, 404, 1002, 'There is no such resource.');
    else tell(response, ending === 'empty' ? [] : this.offenses, url, request.headers.range);
  }
}

function identity({ certificate, key }: Certificates['server']): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}

function old(like: Offense): Offense[] {
  return Array.from({ length: OLD }, (_, index) => ({
    ...like,
    id: index + 1,
    start_time: Number(like.start_time) - 86_400_000,
    last_updated_time: Number(like.start_time) - 3_600_000 + index,
  }));
}

function fail(response: ServerResponse, status: number, code: number, message: string): void {
  const body = { message, details: {}, description: '', code, http_response: { code: status, message: '' } };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A page in the order that is asked for; of offenses without the field, those first that have none. */
function tell(response: ServerResponse, offenses: readonly Offense[], url: URL, range = ''): void {
  const [, sign, field] = /^([+-])(\w+)$/.exec(url.searchParams.get('sort') ?? '') ?? [];
  const [, first, last] = /^items=(\d+)-(\d+)$/.exec(range) ?? [];
  if (field === undefined || first === undefined) {
    fail(response, 422, 1030, 'The sort field or order is not valid.');
    return;
  }
  const value = (offense: Offense): number => Number(offense[field] ?? Number.MAX_SAFE_INTEGER);
  const sorted = [...offenses].sort((a, b) => (value(a) - value(b)) * (sign === '-' ? -1 : 1));
  const page = sorted.slice(Number(first), Number(last) + 1);
  const shown = `${first}-${String(Number(first) + Math.max(page.length - 1, 0))}`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-range': `items ${shown}/${String(offenses.length)}`,
  });
  response.end(JSON.stringify(page));
}
