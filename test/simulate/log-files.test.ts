import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { FormatName } from '../../src/simulate/formats/format.js';
import { LogFiles } from '../../src/simulate/log-files.js';
import { batchesOf } from '../collect/logs.js';
import { eventsOf, HOUR_MS, MONDAY, office } from './office.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-log-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const events = eventsOf(office(), MONDAY + 9 * HOUR_MS, MONDAY + 10 * HOUR_MS);

async function written(logs: LogFiles): Promise<void> {
  for (let at = 0; at < events.length; at += 500) await logs.add(events.slice(at, at + 500));
  await logs.close();
}

async function countIn(path: string): Promise<number> {
  const batches = await batchesOf([path]);
  return batches.reduce((sum, { records }) => sum + records.length, 0);
}

describe.each(['zeek', 'eve', 'ecs'] as const)('%s', (format: FormatName) => {
  it('is the same in a file, packed or not, and on a stream', async () => {
    const plain = join(folder, `${format}.json`);
    await written(LogFiles.toFile(plain, format));
    await written(LogFiles.toFile(`${plain}.gz`, format));
    const text = readFileSync(plain, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(events.length);
    expect(gunzipSync(readFileSync(`${plain}.gz`)).toString() === text).toBe(true);
    const chunks: Buffer[] = [];
    const stream = new Writable({
      highWaterMark: 1024,
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(Buffer.from(chunk));
        done();
      },
    });
    await written(LogFiles.toStream(stream, format));
    expect(stream.writableEnded).toBe(false);
    expect(Buffer.concat(chunks).toString() === text).toBe(true);
  });

  it.each([false, true])('fills a folder that can be read again (packed: %s)', async (packed) => {
    const into = join(folder, 'deep', `${format}-${String(packed)}`);
    await written(LogFiles.toFolder(into, format, packed));
    const names = readdirSync(into).sort();
    const zeek = ['conn', 'dns', 'http', 'kerberos', 'rdp', 'ssh', 'ssl'].map((name) => `${name}.log`);
    const expected = { zeek, eve: ['eve.json'], ecs: ['ecs.ndjson'] }[format];
    expect(names).toEqual(expected.map((name) => (packed ? `${name}.gz` : name)));
    expect(await countIn(into)).toBe(events.length);
  });
});

it('waits for whoever takes the lines', async () => {
  let open = 0;
  let most = 0;
  const slow = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, done) => {
      open += chunk.length;
      most = Math.max(most, open);
      void delay(5).then(() => {
        open -= chunk.length;
        done();
      });
    },
  });
  await written(LogFiles.toStream(slow, 'ecs'));
  await new Promise((resolve) => slow.end(resolve));
  expect(most).toBeLessThan(300_000);
});

it('says what cannot be written', async () => {
  writeFileSync(join(folder, 'taken'), '');
  expect(() => LogFiles.toFolder(join(folder, 'taken', 'in'), 'zeek', false)).toThrow(/taken\/in": ENOTDIR/);
  expect(() => LogFiles.toFile(join(folder, 'taken', 'a.json'), 'zeek')).toThrow(/taken": (EEXIST|ENOTDIR)/);
  mkdirSync(join(folder, 'folder.json'));
  mkdirSync(join(folder, 'folder.json.gz'));
  expect(() => LogFiles.toFile(join(folder, 'folder.json'), 'zeek')).toThrow(/folder\.json": EISDIR/);
  await expect(written(LogFiles.toFile(join(folder, 'folder.json.gz'), 'zeek'))).rejects.toThrow(
    /folder\.json\.gz": EISDIR/,
  );
  await expect(written(LogFiles.toFile('/dev/full', 'zeek'))).rejects.toThrow(/"\/dev\/full": ENOSPC/);
});
