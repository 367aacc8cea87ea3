/**
 * A pipe with a name that nobody writes into yet.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-pipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('elkhound scan of a pipe', () => {
  let fifo: string;
  let scratch: string;
  let running: ChildProcess;
  const said = { out: '', err: '' };

  beforeEach(async () => {
    const own = mkdtempSync(join(folder, 'run-'));
    fifo = join(own, 'fi\u001bfo');
    scratch = join(own, 'tmp');
    mkdirSync(scratch);
    execFileSync('mkfifo', [fifo]);
    Object.assign(said, { out: '', err: '' });
    const env = { PATH: process.env.PATH ?? '', TMPDIR: scratch };
    running = spawn(process.execPath, [BIN, 'scan', fifo], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.stdout!.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    running.stderr!.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    while (!said.err.includes('\n')) await once(running.stderr!, 'data');
  }, 60_000);

  afterEach(() => {
    running.kill('SIGKILL');
  });

  const line = (): string => `"${fifo.replace('\u001b', '?')}" is a pipe: waiting for its writer\n`;

  it('says in one line what it waits for, and goes on when that comes', async () => {
    const ts = Date.UTC(2026, 10, 20) / 1000;
    const ends = '"id.orig_h":"10.0.0.5","id.orig_p":4,"id.resp_h":"10.0.0.6","id.resp_p":443';
    writeFileSync(fifo, `{"ts":${String(ts)},"uid":"C1",${ends},"proto":"tcp","conn_state":"SF"}\n`);
    const [code] = (await once(running, 'close')) as [number | null];
    expect({ code, err: said.err }).toEqual({ code: 0, err: line() });
    expect(said.out).toContain('1 record of 1 file: 1 event');
  }, 60_000);

  it('ends by Ctrl-C while it waits, and leaves nothing behind', async () => {
    expect(readdirSync(scratch)).toHaveLength(1);
    running.kill('SIGINT');
    const [, signal] = (await once(running, 'close')) as [number | null, string | null];
    expect({ signal, err: said.err }).toEqual({ signal: 'SIGINT', err: line() });
    expect(readdirSync(scratch)).toEqual([]);
  }, 60_000);
});
