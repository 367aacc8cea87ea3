import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  announcements,
  anomaliesOf,
  NOW_MS,
  processOn,
  runToEnd,
  storeWith,
  type FilledStore,
} from './job-on-store.js';

const MINUTE = 60_000;
const WINDOW = 5 * MINUTE;
const DAYS = 5;
const START_MS = NOW_MS - DAYS * 24 * 60 * MINUTE;
/** When a host begins to mine, which goes on until now. */
const MINING_MS = NOW_MS - 40 * MINUTE;

/** Days of a small office, in which one host mines at the end. */
function log(): string {
  const lines: string[] = [];
  for (let startMs = START_MS; startMs < NOW_MS; startMs += WINDOW) {
    const add = (ends: object, duration: number): void => {
      const ts = (startMs + 4 * MINUTE) / 1000 - duration;
      const sent = { proto: 'tcp', conn_state: 'SF', orig_bytes: 500, resp_bytes: 900 };
      lines.push(JSON.stringify({ ts, uid: `C${String(lines.length)}`, duration, ...ends, ...sent }));
    };
    for (let host = 10; host < 15; host++) {
      add({ 'id.orig_h': `10.0.0.${String(host)}`, 'id.resp_h': '10.0.1.1', 'id.resp_p': 443 }, 1);
    }
    if (startMs < MINING_MS) continue;
    add({ 'id.orig_h': '10.0.0.66', 'id.resp_h': '203.0.113.9', 'id.resp_p': 3333 }, 200);
  }
  return `${lines.join('\n')}\n`;
}

describe('a first look at a long history', () => {
  let folder: string;
  let store: FilledStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'elkhound-first-look-'));
    const file = join(folder, 'conn.log');
    writeFileSync(file, log());
    store = await storeWith(file);
  });
  afterEach(async () => {
    await store.destroy();
    rmSync(folder, { recursive: true });
  });

  it('finds what goes on before all of it is learned from, and reports it once', async () => {
    const { announce, seen } = announcements();
    const process = processOn(store, announce, 100, WINDOW);
    await process.runner.tick(new AbortController().signal);
    const [first] = process.records;
    expect(first).toMatchObject({ reason: 'ahead', window: { start: NOW_MS - 65 * MINUTE } });
    expect(seen.size).toBe(1);
    const lines = process.lines.filter((line) => /learns|first findings/.test(line));
    expect(lines.map((line) => line.replace(/ (and|in|of) .*/, ''))).toEqual([
      'learns from 2,880 events',
      expect.stringContaining('first findings'),
      expect.stringMatching(/^learns from 5,\d{3} events$/),
    ]);
    await runToEnd(process);
    expect(seen.size).toBe(1);
    const [told] = [...seen.keys()];
    const found = (await anomaliesOf(store)).filter(({ behavior }) => behavior === 'mining');
    found.sort((one, other) => one.window.start - other.window.start);
    expect(found.map(({ episode, status, window }) => [episode, status, window.start])).toEqual(
      Array.from({ length: 7 }, (_, i) => [told!.split(' ')[0], 'active', MINING_MS + i * WINDOW]),
    );
    const done = await store.results.records('default', { start: START_MS, end: NOW_MS });
    expect(done.filter(({ reason }) => reason === 'ahead')).toEqual([]);
  });

  it('is repeated after a kill while the rest is learned, and reports nothing again', async () => {
    const { announce, seen } = announcements();
    const dies = new AbortController();
    const killed = processOn(store, announce, 100, WINDOW);
    const tick = killed.runner.tick(dies.signal);
    while (killed.records.length < 11) await turn();
    dies.abort();
    await expect(tick).rejects.toThrow();
    expect(seen.size).toBe(1);
    await runToEnd(processOn(store, announce, 100, WINDOW));
    expect(seen.size).toBe(1);
  });
});
