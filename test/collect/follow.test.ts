import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FileFollower } from '../../src/collect/follow.js';
import { collectOptions } from '../../src/collect/options.js';
import type { FilePosition } from '../../src/collect/position.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { Folder } from './logs.js';

const OPTIONS = collectOptions.parse({ pollInterval: '5ms' });

let folder: Folder;
let log: string;
beforeEach(() => {
  folder = new Folder();
  log = join(folder.path, 'conn.log');
});
afterEach(() => {
  folder.remove();
});

/** Records number `from` to before `to`, one a line; long enough that a file is known by its first ones. */
function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `${JSON.stringify(recordOf(from + i))}\n`).join('');
}

function recordOf(number: number): object {
  return { ts: 1_700_000_000 + number, number, filler: 'x'.repeat(100) };
}

/** A follower whose records are looked at step by step. */
class Reading {
  private readonly abort = new AbortController();
  readonly numbers: number[] = [];
  readonly batches: RawBatch[] = [];
  private readonly generator: AsyncGenerator<RawBatch | undefined>;

  constructor(readonly follower: FileFollower) {
    this.generator = follower.batches(this.abort.signal);
  }

  static async of(names: readonly string[], positions?: readonly FilePosition[]): Promise<Reading> {
    return new Reading(await FileFollower.open(names, OPTIONS, positions));
  }

  /** Reads until nothing more has come at `looks` looks in a row. */
  async catchUp(looks = 4): Promise<number[]> {
    for (let quiet = 0; quiet < looks;) {
      const { value, done } = await this.generator.next();
      if (done === true) break;
      quiet = value === undefined ? quiet + 1 : 0;
      if (value) this.take(value);
    }
    return this.numbers;
  }

  /** Ends it, and says where it stood, as something that is stored as text. */
  async stop(): Promise<FilePosition[]> {
    this.abort.abort();
    await this.generator.next();
    return JSON.parse(JSON.stringify(this.follower.positions)) as FilePosition[];
  }

  private take(batch: RawBatch): void {
    this.batches.push(batch);
    for (const record of batch.records) this.numbers.push((record as { number: number }).number);
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Order is kept within a file, not between a file and its successor. */
function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

describe('a followed file', () => {
  it('gives what is appended, line by line, and waits for the end of a line', async () => {
    writeFileSync(log, lines(0, 50));
    const reading = await Reading.of([log]);
    expect(await reading.catchUp()).toEqual(upTo(50));
    const next = lines(50, 52);
    appendFileSync(log, next.slice(0, -40));
    expect(await reading.catchUp()).toEqual(upTo(51));
    appendFileSync(log, next.slice(-40));
    expect(await reading.catchUp()).toEqual(upTo(52));
    const last = reading.batches.at(-1)!;
    expect(last).toMatchObject({ source: log, places: [52], format: 'zeek', path: 'conn' });
    await reading.stop();
  });

  it('may come later', async () => {
    const reading = await Reading.of([log]);
    expect(await reading.catchUp()).toEqual([]);
    writeFileSync(log, lines(0, 3));
    expect(await reading.catchUp()).toEqual(upTo(3));
    await reading.stop();
  });

  it('must be able to come', async () => {
    await expect(Reading.of(['/nowhere/at/all/conn.log'])).rejects.toThrow(
      'cannot follow "/nowhere/at/all/conn.log"',
    );
  });

  it('is larger than memory would like: nothing is read before it is asked for', async () => {
    writeFileSync(log, lines(0, 30_000));
    const reading = await Reading.of([log]);
    const generator = reading.follower.batches(new AbortController().signal);
    const first = await generator.next();
    const records = first.value?.records.length ?? 0;
    expect(records).toBeGreaterThan(100);
    expect(records).toBeLessThan(5_000);
    // What is in hand is not done with.
    expect(reading.follower.positions[0]!.offset).toBe(0);
    await generator.next();
    expect(reading.follower.positions[0]!.line).toBe(records);
    await generator.return(undefined);
  });

  it('is followed through renaming, with what its writer adds before it moves on', async () => {
    writeFileSync(log, lines(0, 50));
    const reading = await Reading.of([log]);
    await reading.catchUp();
    appendFileSync(log, lines(50, 60));
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, lines(60, 70));
    await reading.catchUp(1);
    appendFileSync(`${log}.1`, lines(70, 71).trimEnd());
    writeFileSync(log, lines(71, 100));
    expect(sorted(await reading.catchUp())).toEqual(upTo(100));
    renameSync(log, `${log}.2`);
    writeFileSync(log, lines(100, 101));
    expect(sorted(await reading.catchUp())).toEqual(upTo(101));
    expect(new Set(reading.batches.map(({ source }) => source))).toEqual(new Set([log]));
    await reading.stop();
  });

  it.each(['conn.log.1', 'conn.log.1.gz'])(
    'is followed through copying to %s and truncating',
    async (copy) => {
      writeFileSync(log, lines(0, 50));
      const reading = await Reading.of([log]);
      await reading.catchUp();
      // All between two looks.
      appendFileSync(log, lines(50, 60));
      if (copy.endsWith('.gz')) folder.write(copy, gzipSync(readFileSync(log)));
      else copyFileSync(log, join(folder.path, copy));
      truncateSync(log);
      appendFileSync(log, lines(60, 65));
      expect(sorted(await reading.catchUp())).toEqual(upTo(65));
      await reading.stop();
    },
  );

  it('that has grown past where it was truncated is seen to be another', async () => {
    writeFileSync(log, lines(0, 50));
    const reading = await Reading.of([log]);
    await reading.catchUp();
    copyFileSync(log, `${log}.1`);
    writeFileSync(log, lines(50, 200));
    expect(sorted(await reading.catchUp())).toEqual(upTo(200));
    await reading.stop();
  });
});

describe('a restart', () => {
  it('goes on where reading stood, in the middle of a table', async () => {
    const header = '#separator \\x09\n#path\tconn\n#fields\tts\tnumber\n#types\ttime\tcount\n';
    const row = (number: number): string => `${String(1_700_000_000 + number)}\t${String(number)}\n`;
    writeFileSync(log, header + row(0) + row(1));
    const first = await Reading.of([log]);
    expect(await first.catchUp()).toEqual([0, 1]);
    const positions = await first.stop();
    appendFileSync(log, row(2));
    const second = await Reading.of([log], positions);
    expect(await second.catchUp()).toEqual([2]);
    expect(second.batches).toMatchObject([{ places: [7], records: [{ _path: 'conn', number: 2 }] }]);
    await second.stop();
  });

  it('reads the line again that had not ended', async () => {
    const text = lines(0, 3);
    writeFileSync(log, text.slice(0, -30));
    const first = await Reading.of([log]);
    expect(await first.catchUp()).toEqual([0, 1]);
    const positions = await first.stop();
    appendFileSync(log, text.slice(-30));
    const second = await Reading.of([log], positions);
    expect(await second.catchUp()).toEqual([2]);
    await second.stop();
  });

  it.each([
    ['renamed', (path: string) => renameSync(path, `${path}.1`)],
    [
      'renamed and packed',
      (path: string) => {
        writeFileSync(`${path}.1.gz`, gzipSync(readFileSync(path)));
        rmSync(path);
      },
    ],
    [
      'copied and truncated',
      (path: string) => {
        copyFileSync(path, `${path}.1`);
        truncateSync(path);
      },
    ],
  ])('finds the rest of a file that was %s meanwhile', async (_, rotate) => {
    writeFileSync(log, lines(0, 50));
    const first = await Reading.of([log]);
    await first.catchUp();
    const positions = await first.stop();
    appendFileSync(log, lines(50, 60));
    rotate(log);
    appendFileSync(log, lines(60, 80));
    const second = await Reading.of([log], positions);
    expect(sorted(await second.catchUp())).toEqual(upTo(80).slice(50));
    expect(new Set(second.batches.map(({ source }) => source))).toEqual(new Set([log]));
    const later = await second.stop();
    const third = await Reading.of([log], later);
    expect(await third.catchUp()).toEqual([]);
    await third.stop();
  });

  it('loses nothing and repeats at most what was in hand, wherever it falls', async () => {
    writeFileSync(log, lines(0, 12_000));
    let positions: FilePosition[] = [];
    const seen = new Set<number>();
    let repeated = 0;
    for (let batchesPerLife = 1; seen.size < 12_000; batchesPerLife++) {
      const follower = await FileFollower.open([log], OPTIONS, positions);
      const generator = follower.batches(new AbortController().signal);
      for (let i = 0; i < batchesPerLife; i++) {
        const { value } = await generator.next();
        if (!value) break;
        for (const record of value.records as { number: number }[]) {
          if (seen.has(record.number)) repeated++;
          seen.add(record.number);
        }
      }
      // Killed with the last batch in hand.
      positions = follower.positions;
      await generator.return(undefined);
    }
    expect(seen.size).toBe(12_000);
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThan(12_000);
  });
});

describe('a followed folder', () => {
  it('gives its files, those that come later, and each once through rotation', async () => {
    writeFileSync(log, lines(0, 50));
    const reading = await Reading.of([folder.path]);
    await reading.catchUp();
    mkdirSync(join(folder.path, 'deep'));
    writeFileSync(join(folder.path, 'deep', 'dns.log'), lines(50, 60));
    await reading.catchUp();
    // Renamed, a day later packed.
    appendFileSync(log, lines(60, 70));
    renameSync(log, `${log}.1`);
    writeFileSync(log, lines(70, 80));
    await reading.catchUp();
    writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(`${log}.1`)));
    await reading.catchUp(1);
    rmSync(`${log}.1`);
    await reading.catchUp();
    // Copied and truncated.
    appendFileSync(log, lines(80, 90));
    copyFileSync(log, `${log}.1`);
    await reading.catchUp();
    truncateSync(log);
    appendFileSync(log, lines(90, 100));
    expect(sorted(await reading.catchUp())).toEqual(upTo(100));
    const positions = await reading.stop();
    appendFileSync(log, lines(100, 110));
    const again = await Reading.of([folder.path], positions);
    expect(await again.catchUp()).toEqual(upTo(110).slice(100));
    await again.stop();
  });

  it('reads packed files and JSON documents once they no longer grow', async () => {
    const reading = await Reading.of([folder.path]);
    folder.write('a.log.gz', gzipSync(lines(0, 20)));
    folder.write('b.json', JSON.stringify({ events: upTo(30).slice(20).map(recordOf) }, null, 2));
    expect(sorted(await reading.catchUp())).toEqual(upTo(30));
    const positions = await reading.stop();
    const again = await Reading.of([folder.path], positions);
    expect(await again.catchUp()).toEqual([]);
    await again.stop();
  });

  it('does not take two files for one because they have the same names of columns', async () => {
    const names = `ts,uid,number,${'filler,'.repeat(700)}end\n`;
    const row = (number: number): string => `${String(number)},C,${String(number)}${','.repeat(701)}\n`;
    folder.write('a.csv', names);
    folder.write('b.csv', names + row(0) + row(1));
    const reading = await Reading.of([folder.path]);
    await reading.catchUp();
    appendFileSync(join(folder.path, 'a.csv'), row(2));
    expect(sorted((await reading.catchUp()).map(Number))).toEqual([0, 1, 2]);
    await reading.stop();
  });
});

it('ends at once when it is told to, while it waits', async () => {
  const follower = await FileFollower.open([folder.path], collectOptions.parse({ pollInterval: '1h' }));
  const abort = new AbortController();
  const generator = follower.batches(abort.signal);
  expect((await generator.next()).value).toBeUndefined();
  const end = generator.next();
  abort.abort();
  expect((await end).done).toBe(true);
});

/** Counts the records of a folder's files until nothing more comes, in a process of its own. */
const COUNTER = `
  const { FileFollower } = require('./dist/collect/follow.js');
  const { collectOptions } = require('./dist/collect/options.js');
  async function count() {
    const options = collectOptions.parse({ pollInterval: '5ms' });
    const follower = await FileFollower.open([process.argv[1]], options);
    const stop = new AbortController();
    let [records, looks] = [0, 0];
    for await (const batch of follower.batches(stop.signal)) {
      if (batch) records += batch.records.length;
      else if (++looks === 5) stop.abort();
    }
    console.log(records);
  }
  void count();
`;

it('reads all of more files than the process may have open', () => {
  for (let i = 0; i < 200; i++)
    writeFileSync(join(folder.path, `conn-${String(i)}.log`), lines(10 * i, 10 * i + 10));
  const command = 'ulimit -n 120; exec "$0" -e "$1" "$2"';
  const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, COUNTER, folder.path], {
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: '2000\n', stderr: '' });
});
