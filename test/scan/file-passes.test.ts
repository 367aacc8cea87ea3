import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileCollector } from '../../src/collect/collector.js';
import { parseConfig } from '../../src/config/load.js';
import { EventTable, type WindowEvents } from '../../src/domain/events.js';
import { Random } from '../../src/domain/random.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { FilePasses } from '../../src/scan/file-passes.js';
import { RecordPasses, type WindowPasses } from '../../src/scan/record-passes.js';
import { eventsOf, Folder, NOW_MS } from '../collect/logs.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const CONFIG = parseConfig('', 'test.yml');
const folder = new Folder();
afterAll(() => {
  folder.remove();
});

/** What both passes saw, as plain data. */
async function seen(passes: WindowPasses): Promise<unknown> {
  const all: unknown[] = [];
  for (const pass of [passes.toLearn(), passes.toDetect()]) {
    for await (const events of pass) all.push(plain(events));
    all.push(passes.coverage);
  }
  return all;
}

function plain({ window, site, events, coverage }: WindowEvents): unknown {
  const rows = eventsOf({ windows: [{ window, site, events, coverage }] });
  return { window, site, rows, sources: events.sources, merged: [...events.merged], coverage };
}

async function sameInOneThread(files: readonly string[]): Promise<WindowPasses> {
  const collector = await FileCollector.open(files, CONFIG.collect);
  return new RecordPasses({
    batches: () => collector.batches(),
    normalizer: () => configuredNormalizer(CONFIG, CONFIG.schedule.windowLength, NOW_MS),
  });
}

const conn = (second: number, port: number): string =>
  `${JSON.stringify({ ts: 1_700_000_000 + second, uid: `C${String(port)}`, 'id.orig_h': '10.0.0.1', 'id.resp_h': '10.0.0.2', 'id.resp_p': port, conn_state: 'SF' })}\n`;

describeSamples('files read by a thread of its own', () => {
  it.each([
    ['connections of many logs', ['flows/ctu_mixed']],
    ['alerts and logins', ['flows/suricata_eve', 'flows/linux_auth']],
  ])('give the same windows as in one thread: %s', async (_about, names) => {
    const files = names.map((name) => sampleFile(name));
    const passes = await FilePasses.open(files, CONFIG, NOW_MS);
    const found = await seen(passes);
    await passes.close();
    expect(found).toEqual(await seen(await sameInOneThread(files)));
    expect(passes.coverage.reduce((sum, { events }) => sum + events, 0)).toBeGreaterThan(0);
  });
});

describe('files read by a thread of its own', () => {
  it('are not read far ahead of those who look at the windows, and whole in the end', async () => {
    const lines = Array.from({ length: 150_000 }, (_, i) => conn(Math.floor(i / 10), i % 60_000));
    let records = 0;
    const passes = await FilePasses.open([folder.write('conn.log', lines.join(''))], CONFIG, NOW_MS, {
      onRecords: (more) => {
        records += more;
      },
    });
    let events = 0;
    for await (const { events: part } of passes.toLearn()) events += part.length;
    expect({ events, records }).toEqual({ events: 150_000, records: 150_000 });
    records = 0;
    events = 0;
    for await (const { events: part } of passes.toDetect()) {
      if (events === 0) {
        for (let before = -1; before < records; await delay(500)) before = records;
        expect(records).toBeGreaterThan(0);
        expect(records).toBeLessThan(110_000);
      }
      events += part.length;
    }
    await passes.close();
    expect({ events, records }).toEqual({ events: 150_000, records: 150_000 });
  });

  it('tell what is wrong as an error of the same code', async () => {
    const passes = await FilePasses.open([folder.write('odd.log', 'nothing known\n')], CONFIG, NOW_MS);
    await expect(seen(passes)).rejects.toMatchObject({
      name: 'AppError',
      code: 'unknown_format',
      message: expect.stringContaining('odd.log" is none of the known formats') as string,
    });
    await passes.close();
  });

  it('end as an error where their thread ends', async () => {
    const passes = await FilePasses.open([folder.write('a.log', conn(0, 1))], CONFIG, NOW_MS);
    const begun = expect(passes.toLearn().next()).rejects.toMatchObject({ code: 'internal' });
    await Promise.all([passes.close(), begun]);
    await expect(passes.toLearn().next()).rejects.toMatchObject({ code: 'internal' });
  });

  it('have users as pseudonyms that the key makes', async () => {
    const key = 'a key of the test';
    const config = parseConfig(`privacy: { users: pseudonym, key: ${key} }`, 'test.yml');
    const file = folder.write(
      'auth.log',
      '2026-11-20T10:00:00Z host sshd[1]: Accepted password for wilma from 10.0.0.1 port 5 ssh2\n',
    );
    const passes = await FilePasses.open([file], config, NOW_MS);
    const users: unknown[] = [];
    for await (const { events } of passes.toLearn()) users.push(events.names.value(events.columns.user[0]!));
    await passes.close();
    const digest = createHmac('sha256', key).update('wilma').digest('hex');
    expect(users).toEqual([`user-${digest.slice(0, 12)}`]);
  });
});

describe('files that are read with pauses', () => {
  // Of random letters, as gunzip hands out pieces of all lengths only where little can be packed.
  const random = new Random(3);
  const uid = (): string => Array.from({ length: 24 }, () => random.next().toString(36).slice(2)).join('');
  const lines = Array.from({ length: 8_000 }, (_, i) => conn(i, i).replace('"uid":"C', `"uid":"${uid()}`));
  const file = folder.write('paused.log.gz', gzipSync(lines.join('')));
  type Pause = () => Promise<unknown>;
  const pauses =
    (waits: readonly number[], turn = 0): Pause =>
    () =>
      delay(waits[turn++ % waits.length]);
  const none: Pause = () => Promise.resolve();

  /** Number of the first record of each batch. */
  const cutsOf = async (pause: Pause): Promise<number[]> => {
    const collector = await FileCollector.open([file], CONFIG.collect);
    const places: number[] = [];
    for await (const batch of collector.batches()) {
      places.push(batch.places[0]!);
      await pause();
    }
    return places;
  };

  it('give the same batches wherever the reader pauses', async () => {
    const cuts = await cutsOf(none);
    expect(cuts.length).toBeGreaterThan(30);
    const waits = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(waits, async (some) => {
        expect(await cutsOf(pauses(some))).toEqual(cuts);
      }),
      { numRuns: 8, endOnFailure: true, examples: [[[10]], [[0, 0, 10]]] },
    );
  });

  it('give each window whole, once', async () => {
    const passes = await sameInOneThread([file]);
    for await (const _ of passes.toLearn());
    const pause = pauses([0, 10, 0, 0, 3]);
    const found: number[] = [];
    let events = 0;
    for await (const window of passes.toDetect()) {
      found.push(window.window.start);
      events += window.events.length;
      await pause();
    }
    expect(events).toBe(lines.length);
    expect(found).toEqual([...new Set(found)]);
  });
});

describe('a table made of the parts of another one', () => {
  it('goes on where that one was', () => {
    const table = new EventTable(1);
    for (const name of ['one', 'two', 'one']) {
      const row = table.addRow();
      table.columns.name[row] = table.names.intern(name);
    }
    table.ids.push('a', 'b', 'c');
    table.indices.push('', 'logs', '');
    const other = EventTable.of(structuredClone(table.parts));
    expect(other.parts).toEqual(table.parts);
    expect(other.names.bytes).toBe(table.names.bytes);
    expect(['two', 'three', 'one'].map((name) => other.names.intern(name))).toEqual([2, 3, 1]);
    expect(other.addRow()).toBe(3);
    expect(other.names.value(other.columns.name[1]!)).toBe('two');
  });
});
