import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namingHolder, removeServiceFile, writeServiceFile } from '../../src/cli/service-file.js';
import { FolderInUse } from '../../src/store/embedded/database.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-own-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (): string => join(folder, String(count++));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Opens and closes the store of a folder; returns what was said. */
async function open(home: string): Promise<string[]> {
  const notes: string[] = [];
  const store = await openEmbeddedStore({ home, onNote: (note) => notes.push(note) }, { now: () => 0 });
  await store.close();
  return notes;
}

describe('a folder of data', () => {
  it('is its owner’s alone when it is made', async () => {
    const home = join(fresh(), 'deeper');
    expect(await open(home)).toEqual([]);
    expect([modeOf(home), modeOf(join(home, 'elkhound.duckdb'))]).toEqual([0o700, 0o600]);
    expect(await open(home)).toEqual([]);
  });

  it('is made so where it was wider, which is said', async () => {
    const home = fresh();
    await open(home);
    chmodSync(home, 0o755);
    chmodSync(join(home, 'elkhound.duckdb'), 0o644);
    expect(await open(home)).toEqual([
      `${home} could be read by others; it is its owner's alone now`,
      `${join(home, 'elkhound.duckdb')} could be read by others; it is its owner's alone now`,
    ]);
    expect([modeOf(home), modeOf(join(home, 'elkhound.duckdb'))]).toEqual([0o700, 0o600]);
  });

  it.each([
    ['holds files of others', 0o755, 'notes.txt'],
    ['is everybody’s', 0o1777, 'tmp'],
  ])('keeps its rights where it %s, and its files do not', async (_what, mode, other) => {
    const home = fresh();
    mkdirSync(home);
    writeFileSync(join(home, other), '');
    chmodSync(home, mode);
    await open(home);
    expect(statSync(home).mode & 0o7777).toBe(mode);
    expect(modeOf(join(home, 'elkhound.duckdb'))).toBe(0o600);
  });

  it('is refused where its database is a link', async () => {
    const home = fresh();
    const victim = fresh();
    mkdirSync(home);
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(home, 'elkhound.duckdb'));
    await expect(open(home)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('is a symbolic link, which is not followed') as string,
    });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

describe('service.json', () => {
  const inUse = (): Promise<never> => Promise.reject(new FolderInUse('store_unavailable', 'in use'));
  const left = (content: string): string => {
    const home = fresh();
    mkdirSync(home);
    writeFileSync(join(home, 'service.json'), content);
    return home;
  };
  // The process that started this one lives for as long as it does.
  const living = JSON.stringify({ address: 'http://127.0.0.1:4600', pid: process.ppid });

  it('says where the service is that the lock tells of', async () => {
    await expect(namingHolder(left(living), inUse())).rejects.toThrow(
      'its pages are at http://127.0.0.1:4600',
    );
  });

  it('of a living process keeps nobody from a folder that is free', async () => {
    const home = left(living);
    expect(await namingHolder(home, Promise.resolve('opened'))).toBe('opened');
    await open(home);
  });

  it.each([
    'null',
    '{}',
    '[1]',
    'no json',
    '{"address":"http://127.0.0.1:1","pid":-1}',
    '{"address":"http://127.0.0.1:1","pid":0}',
    '{"address":"http://127.0.0.1:1\\u001b[2J","pid":1}',
    JSON.stringify({ address: 'http://127.0.0.1:1', pid: 2 ** 31 - 2 }),
  ])('that says nothing is passed over: %s', async (content) => {
    const home = left(content);
    await expect(namingHolder(home, inUse())).rejects.toThrow(/^in use$/);
    writeServiceFile(home, 'http://127.0.0.1:4601');
    expect(JSON.parse(readFileSync(join(home, 'service.json'), 'utf8'))).toEqual({
      address: 'http://127.0.0.1:4601',
      pid: process.pid,
    });
    expect(modeOf(join(home, 'service.json'))).toBe(0o600);
  });

  it('that is a link is replaced, and what it leads to is left alone', async () => {
    const home = fresh();
    const victim = fresh();
    mkdirSync(home);
    writeFileSync(victim, living);
    symlinkSync(victim, join(home, 'service.json'));
    await expect(namingHolder(home, inUse())).rejects.toThrow(/^in use$/);
    writeServiceFile(home, 'http://127.0.0.1:4601');
    expect(readFileSync(victim, 'utf8')).toBe(living);
    expect(lstatSync(join(home, 'service.json')).isSymbolicLink()).toBe(false);
    removeServiceFile(home);
    expect(existsSync(join(home, 'service.json'))).toBe(false);
  });
});
