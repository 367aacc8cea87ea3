/**
 * A service that follows files, on bad days: what cannot be read keeps nothing else waiting.
 */
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Folder } from '../collect/logs.js';
import { ElkhoundProcess } from './process.js';

const folder = new Folder();
const logs = join(folder.path, 'logs');
let service: ElkhoundProcess | undefined;
let address = '';

beforeEach(() => {
  // The service may run as somebody else.
  chmodSync(folder.path, 0o777);
  mkdirSync(logs);
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  folder.empty();
});
afterAll(() => {
  folder.remove();
});

async function start(from: string): Promise<void> {
  const home = join(folder.path, 'home');
  const env = { ELKHOUND_HOME: home };
  service = ElkhoundProcess.start(['start', '--from', from, '--port', '0'], env, UNPRIVILEGED);
  address = await service.address();
}

/** Root may read everything: as root the service runs as somebody else. */
const UNPRIVILEGED = process.getuid?.() === 0 ? 65_534 : undefined;

const row = (uid: string, ts: number): string =>
  `${JSON.stringify({ ts, _path: 'conn', uid, 'id.orig_h': '10.0.0.5', 'id.resp_h': '198.51.100.7', 'id.resp_p': 443, proto: 'tcp', conn_state: 'SF' })}\n`;

interface Ready {
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

/** Whether it is ready, and whether its inputs are; undefined before they were looked at. */
async function readiness(): Promise<{ ready: boolean; inputs: boolean | undefined }> {
  const response = await fetch(`${address}/readyz`);
  const { checks } = (await response.json()) as Ready;
  return { ready: response.ok, inputs: checks.find(({ name }) => name === 'inputs')?.ok };
}

/** Asks twice a second: whoever asks more often is refused. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await service!.until(async () => {
    await delay(500);
    return holds();
  }, what);
}

const isReady = async (): Promise<boolean> => (await readiness()).ready;

/** Records that were read of each file, by its name without the folder. */
async function recordsRead(): Promise<Record<string, number>> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const lines = text.matchAll(/^elkhound_records_read_total\{source="[^"]*\/([^"/]+)"\} (\d+)/gm);
  return Object.fromEntries([...lines].map(([, name, count]) => [name!, Number(count)]));
}

it('goes on beside a file that may not be read, and reads it when it may', async () => {
  writeFileSync(join(logs, 'conn.log'), row('C1', 1_795_168_800));
  await start(logs);
  await until(isReady, 'readiness');
  const ssl = join(logs, 'ssl.log');
  writeFileSync(ssl, row('S1', 1_795_170_500), { mode: 0o600 });
  if (UNPRIVILEGED === undefined) chmodSync(ssl, 0);
  await until(() => service!.stderr.includes(`cannot read \\"${ssl}\\": EACCES`), 'a word of it');
  expect(await readiness()).toEqual({ ready: true, inputs: true });
  chmodSync(ssl, 0o644);
  appendFileSync(join(logs, 'conn.log'), row('C2', 1_795_169_800));
  await until(async () => (await recordsRead())['ssl.log'] === 1, 'the file');
  await until(async () => (await recordsRead())['conn.log'] === 2, 'the other file');
  await until(() => service!.stderr.includes('all inputs are read again'), 'the end of it');
  expect(service!.stderr.match(/EACCES/g)).toHaveLength(1);
});

it('reads a folder of links, and says what it never reads', async () => {
  mkdirSync(join(folder.path, 'real'));
  writeFileSync(join(folder.path, 'real', 'conn.log'), row('C1', 1_795_168_800));
  symlinkSync('../real/conn.log', join(logs, 'conn.log'));
  symlinkSync('nothing.log', join(logs, 'dns.log'));
  symlinkSync('.', join(logs, 'again'));
  writeFileSync(join(logs, 'truth.json'), '{}');
  writeFileSync(join(logs, '.hidden.log'), row('C2', 1_795_168_801));
  await start(logs);
  await until(async () => (await recordsRead())['conn.log'] === 1, 'the record');
  await until(isReady, 'readiness');
  expect(await recordsRead()).toEqual({ 'conn.log': 1 });
  const said: readonly (readonly [name: string, why: string])[] = [
    ['.hidden.log', 'hidden'],
    ['truth.json', 'what a simulation tells of its attacks'],
    ['dns.log', 'a link to nothing'],
    ['again', 'a link to a folder'],
  ];
  for (const [name, why] of said) expect(service!.stderr).toContain(`${join(logs, name)} (${why}`);
});

it.each(['an empty folder', 'a folder of which nothing is understood'])(
  'is not ready for %s',
  async (what) => {
    if (what !== 'an empty folder') writeFileSync(join(logs, 'odd.txt'), 'nothing that anybody knows\n');
    await start(logs);
    const words = what === 'an empty folder' ? 'there is no file to read under' : 'could be understood';
    await until(() => service!.stderr.includes(words), 'a word of it');
    expect(await readiness()).toEqual({ ready: false, inputs: false });
    // What comes later is read, and all is well.
    writeFileSync(join(logs, 'conn.log'), row('C1', 1_795_168_800));
    await until(isReady, 'readiness');
  },
);

it('is not stopped by a line that was made to stop it, and a restart is not either', async () => {
  const log = join(logs, 'conn.log');
  writeFileSync(log, row('C1', 1_795_168_800));
  await start(logs);
  await until(isReady, 'readiness');
  for (const name of ['__proto__', 'toString', 'constructor', 'valueOf', 'hasOwnProperty']) {
    appendFileSync(log, `#fields\tts\tuid\t${name}\tid.orig_h\n#types\ttime\tstring\tstring\taddr\n`);
    appendFileSync(log, `${JSON.stringify({ ts: 1, conn_state: { [name]: 1 } })}\n`);
    appendFileSync(log, `${JSON.stringify({ ts: { [name]: 1 }, proto: name, conn_state: name })}\n`);
  }
  appendFileSync(log, row('C2', 1_795_169_800));
  await until(async () => ((await recordsRead())['conn.log'] ?? 0) >= 12, 'all records');
  expect(await isReady()).toBe(true);
  await service!.stop();
  await start(logs);
  // In a window of its own: one that is done is read again only when it has settled.
  appendFileSync(log, row('C3', 1_795_170_900));
  await until(async () => ((await recordsRead())['conn.log'] ?? 0) >= 1, 'what came after it');
  await until(isReady, 'readiness after the restart');
});
