/**
 * What a runner on a real store does first, and what it says meanwhile.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announcements, NOW_MS, processOn, runToEnd, storeWith, type FilledStore } from './job-on-store.js';

const MINUTE = 60_000;
const MINUTES = 60;
/** What is due at the process's time, given its query delay of a minute. */
const START_MS = NOW_MS - (MINUTES + 1) * MINUTE;

/** An hour of a small office, with a connection of each host in each minute. */
function officeLog(): string {
  const lines: string[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    for (let host = 10; host < 15; host++) {
      const ends = { 'id.orig_h': `10.0.0.${String(host)}`, 'id.orig_p': 40_000 + minute };
      const server = { 'id.resp_h': '10.0.1.1', 'id.resp_p': 443 };
      const sent = { proto: 'tcp', conn_state: 'SF', orig_bytes: 500, resp_bytes: 900, duration: 1 };
      const ts = START_MS / 1000 + minute * 60 + 29;
      lines.push(JSON.stringify({ ts, uid: `C${String(lines.length)}`, ...ends, ...server, ...sent }));
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('a job that begins with an hour of history', () => {
  let folder: string;
  let store: FilledStore;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'elkhound-runner-'));
    const file = join(folder, 'conn.log');
    writeFileSync(file, officeLog());
    store = await storeWith(file);
  });
  afterAll(async () => {
    await store.destroy();
    rmSync(folder, { recursive: true });
  });

  it('learns, reads the newest windows first and then all in turn, and says each', async () => {
    const { events, results, models, states } = store;
    const process = processOn({ events, results, models, states }, announcements().announce);
    const { runner, records, lines } = process;
    expect(await runner.tick(new AbortController().signal)).toBe('more');
    const minutes = records.map(({ window }) => (window.start - START_MS) / MINUTE);
    expect(minutes).toEqual([57, 58, 59, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(records.slice(0, 4).map(({ reason }) => reason)).toEqual(['ahead', 'ahead', 'ahead', undefined]);
    await runToEnd(process);
    expect(lines).toEqual([
      'learns from 300 events in 60 windows, 2026-11-23 22:59 to 2026-11-23 23:59 UTC',
      'model fitted on 2026-11-23T22:59:00.000Z to 2026-11-23T23:59:00.000Z, which it also scores, for lack of history',
      '60 windows wait to be read; first findings of the newest windows are provisional',
      'caught up: all windows until 2026-11-23 23:59 UTC are read',
    ]);
  });

  it('says that nothing waits where it goes on after a stop', async () => {
    const { events, results, models, states } = store;
    const process = processOn({ events, results, models, states }, announcements().announce);
    await runToEnd(process);
    expect(process.lines).toEqual([expect.stringContaining('model fitted on'), 'no window waits to be read']);
  });
});
