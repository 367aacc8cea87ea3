import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WindowTask } from '../../src/job/window.js';
import { announcements, anomaliesOf, processOn, storeWith, type FilledStore } from './job-on-store.js';

const MINUTE = 60_000;
const START_MS = Date.UTC(2026, 10, 20);
const MINUTES = 60;

/** An hour of a small office, in which one host mines from a minute on. */
function logOf(miningFrom: number): string {
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
    if (minute < miningFrom) continue;
    const miner = { 'id.orig_h': '10.0.0.66', 'id.orig_p': 50_000 + minute };
    add({ ...miner, 'id.resp_h': '203.0.113.9', 'id.resp_p': 3333 }, 200);
  }
  return `${lines.join('\n')}\n`;
}

const task = (minute: number, counted: number): WindowTask => {
  const start = START_MS + minute * MINUTE;
  return { window: { start, end: start + MINUTE }, counted };
};

describe('an attack that goes on while a job catches up', () => {
  let folder: string;
  let store: FilledStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'elkhound-ahead-'));
  });
  afterEach(async () => {
    await store.destroy();
    rmSync(folder, { recursive: true });
  });

  it.each([5, 30, 57])(
    'from minute %i on is told once, as one episode',
    async (from) => {
      const file = join(folder, 'conn.log');
      writeFileSync(file, logOf(from));
      store = await storeWith(file);
      const { announce, seen } = announcements();
      const { events, results, models, states } = store;
      const { job } = processOn({ events, results, models, states }, announce);
      await job.prepare({ start: START_MS, end: START_MS + MINUTES * MINUTE });
      const counted = (minute: number): number => (minute < from ? 5 : 6);
      const ahead = [57, 58, 59];
      for (const minute of ahead) await job.runAhead(task(minute, counted(minute)));
      expect(seen.size).toBe(1);
      for (let minute = 0; minute < MINUTES; minute++) {
        const [previous] = await results.records('default', task(minute, 0).window);
        await job.run({ ...task(minute, counted(minute)), ...(previous ? { previous } : {}) });
      }
      await job.commit();
      expect(seen.size).toBe(1);
      const [told] = [...seen.keys()];
      const found = (await anomaliesOf(store)).filter(({ behavior }) => behavior === 'mining');
      expect(found).toHaveLength(MINUTES - from);
      expect(found.map(({ episode, status }) => `${episode} medium ${status}`)).toEqual(
        found.map(() => `${told!} active`),
      );
    },
    60_000,
  );
});
