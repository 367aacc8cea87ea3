import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { describeSamples, sampleFile } from '../sample-data.js';
import { batchesOf, Folder, normalize, recordsOf } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

function log(name: string, from: number, to: number, step = 1): string {
  const lines: string[] = [];
  for (let ts = from; ts < to; ts += step) {
    lines.push(
      JSON.stringify({ ts, name, 'id.orig_h': '10.0.0.1', conn_state: 'SF', filler: 'x'.repeat(200) }),
    );
  }
  return folder.write(name, lines.join('\n'));
}

describe('several files', () => {
  it('are read side by side in the order of time', async () => {
    const late = log('late.log', 20_000, 26_000);
    const all = log('all.log', 10_000, 30_000, 2);
    const early = log('early.log', 10_000, 16_000);
    const records = (await recordsOf([late, all, early])) as { ts: number; name: string }[];
    expect(records).toHaveLength(22_000);
    // Out of order by no more than a batch.
    let newest = 0;
    let worst = 0;
    for (const { ts } of records) {
      worst = Math.max(worst, newest - ts);
      newest = Math.max(newest, ts);
    }
    expect(worst).toBeLessThan(4_000);
    const first = records.findIndex(({ name }) => name === 'late.log');
    expect(records.slice(0, first).filter(({ name }) => name === 'early.log').length).toBe(6_000);
  });

  it('may be in any order themselves', async () => {
    const lines = [7, 3, 9, 1, 8, 2].map((minute) =>
      JSON.stringify({
        ts: 1_700_000_000 + minute * 300,
        uid: `C${String(minute)}`,
        'id.orig_h': '10.0.0.1',
        conn_state: 'SF',
      }),
    );
    const { windows } = normalize(await batchesOf([folder.write('mess.log', lines.join('\n'))]));
    const starts = windows.map(({ window }) => window.start);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts).toHaveLength(6);
  });

  it('are those of a folder, named twice they are read once', async () => {
    const own = new Folder();
    own.write('.hidden.log', '{"ts":1}');
    own.write('a.log', '{"ts":1}\n');
    own.write('b.log', '{"ts":2}\n');
    expect(await recordsOf([own.path, join(own.path, 'a.log'), own.path])).toEqual([{ ts: 1 }, { ts: 2 }]);
    own.remove();
  });
});

/** Reads `-` in a process of its own and prints what it came to. */
const READ_STDIN = `
  const { FileCollector } = require('./src/collect/collector.ts');
  const { collectOptions } = require('./src/collect/options.ts');
  void (async () => {
    const collector = await FileCollector.open(['-'], collectOptions.parse(undefined));
    const count = async () => {
      let records = 0;
      for await (const batch of collector.batches()) records += batch.records.length;
      return records;
    };
    const answer = { sources: collector.sources, first: await count(), second: await count() };
    await collector.close();
    console.log(JSON.stringify(answer));
  })();
`;

describeSamples('standard input', () => {
  it.each([
    ['packed', (file: Buffer) => file],
    ['plain', (file: Buffer) => gunzipSync(file)],
  ])('is read as often as needed, %s', (_, prepare) => {
    const input = prepare(readFileSync(sampleFile('flows/portscan_nmap/conn.log.gz')));
    const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '--eval', READ_STDIN], {
      input,
      cwd: join(__dirname, '..', '..'),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ sources: ['-'], first: 4504, second: 4504 });
  });
});
