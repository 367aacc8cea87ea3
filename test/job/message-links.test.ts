/**
 * What a message leads to is there when the message comes, and stays: also of what is taken back.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { webhookBody } from '../../src/alert/message.js';
import type { EpisodeChange } from '../../src/domain/anomaly.js';
import type { WindowTask } from '../../src/job/window.js';
import { dependenciesOn, serve, type RunningService } from '../api/service.js';
import { NOW_MS, processOn, storeWith, type FilledStore, type Process } from './job-on-store.js';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 10, 20);
const MINUTES = 62;
const AHEAD = [57, 58, 59];

/** An hour of a small office, in which one host may mine towards its end. */
function logOf(mines: boolean): string {
  const lines: string[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    const add = (ends: object, duration: number): void => {
      const ts = START_MS / 1000 + minute * 60 + 30 - duration;
      const uid = `C${String(lines.length)}`;
      const sent = { proto: 'tcp', conn_state: 'SF', orig_bytes: 500, resp_bytes: 900 };
      lines.push(JSON.stringify({ ts, uid, duration, ...ends, ...sent }));
    };
    for (let host = 10; host < 15; host++) {
      const source = { 'id.orig_h': `10.0.0.${String(host)}`, 'id.orig_p': 40_000 + minute };
      add({ ...source, 'id.resp_h': '10.0.1.1', 'id.resp_p': 443 }, 1);
    }
    if (!mines || !AHEAD.includes(minute)) continue;
    const miner = { 'id.orig_h': '10.0.0.66', 'id.orig_p': 50_000 + minute };
    add({ ...miner, 'id.resp_h': '203.0.113.9', 'id.resp_p': 3333 }, 200);
  }
  return `${lines.join('\n')}\n`;
}

interface Message {
  readonly type: string;
  readonly data: {
    readonly anomaly: string;
    readonly episode: string;
    readonly links: { readonly anomaly: string };
  };
}

describe('a message of what was found ahead of its turn', () => {
  let folder: string;
  let store: FilledStore;
  let mining: FilledStore;
  let service: RunningService;
  let process: Process;
  let messages: Message[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'elkhound-links-'));
    const [quiet, loud] = [false, true].map((mines) => {
      const file = join(folder, mines ? 'mining.log' : 'conn.log');
      writeFileSync(file, logOf(mines));
      return file;
    });
    store = await storeWith(quiet!);
    mining = await storeWith(loud!);
    service = await serve(dependenciesOn(store));
    messages = [];
  });

  afterEach(async () => {
    await service.close();
    await store.destroy();
    await mining.destroy();
    rmSync(folder, { recursive: true });
  });

  /** Keeps messages as receivers get them, and follows each at once. */
  async function announce(changes: readonly EpisodeChange[]): Promise<void> {
    for (const change of changes) {
      const context = { baseUrl: service.address, checksFor: () => [], benignCauseOf: () => undefined };
      const given = { id: 'x', job: 'default', channel: 'soc', change, createdAtMs: NOW_MS };
      messages.push(JSON.parse(webhookBody(given, context)) as Message);
    }
    await followed();
  }

  /** Every link, and every id, is answered; what the API and the page say of the last message. */
  async function followed(): Promise<{ status: string; page: string } | undefined> {
    let last;
    for (const { data } of messages) {
      const path = data.links.anomaly.slice(service.address.length);
      const page = (await request(service.address).get(path).expect(200)).text;
      await request(service.address).get(`/anomalies/${data.episode}`).expect(200);
      const { body } = await request(service.address).get(`/v1/anomalies/${data.anomaly}`).expect(200);
      last = { status: (body as { status: string }).status, page };
    }
    return last;
  }

  const task = (minute: number): WindowTask => {
    const start = START_MS + minute * MINUTE;
    return { window: { start, end: start + MINUTE }, counted: 6 };
  };

  /** Takes the newest windows first, which hold the miner, then all in their turn. */
  async function run(found: boolean): Promise<void> {
    const { results, models, states } = store;
    const events = found ? mining.events : store.events;
    process = processOn({ events, results, models, states }, announce);
    const { job } = process;
    await job.prepare({ start: START_MS, end: START_MS + 57 * MINUTE });
    for (const minute of AHEAD) await job.runAhead(task(minute), undefined, mining.events);
    expect(messages.map(({ type }) => type)).toEqual(['episode.opened']);
    expect(await followed()).toMatchObject({
      status: 'active',
      page: expect.stringContaining('Scored ahead of its turn') as string,
    });
    for (let minute = 0; minute < MINUTES; minute++) {
      const [previous] = await results.records('default', task(minute).window);
      await job.run({ ...task(minute), ...(previous ? { previous } : {}) });
    }
    await job.commit();
  }

  it('leads to it before its turn and, where it is found again, after it', async () => {
    await run(true);
    expect(messages.map(({ type }) => type)).toEqual(['episode.opened']);
    const { status, page } = (await followed())!;
    expect(status).toBe('active');
    expect(page).not.toContain('Scored ahead of its turn');
  }, 60_000);

  it('leads to what says that it was taken back, where it is not found again', async () => {
    await run(false);
    expect(messages.map(({ type }) => type)).toEqual(['episode.opened', 'episode.resolved']);
    const { status, page } = (await followed())!;
    expect(status).toBe('retracted');
    expect(page.replace(/\s+/g, ' ')).toContain(
      'Retracted: it was found ahead of its turn, and not again with all that came before it known.',
    );
  }, 60_000);
});
