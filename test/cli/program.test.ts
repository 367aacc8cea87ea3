import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elkhound } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('elkhound', () => {
  it.each([[['--help']], [['config', '--help']], [['--version']]])('%j ends with 0', (args) => {
    expect(elkhound(args)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    [['no-such-command'], 'no-such-command'],
    [['config', '--colour'], '--colour'],
    [[], 'Usage'],
  ])('%j ends with 2 and says why', (args, words) => {
    const { status, stderr } = elkhound(args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });

  it('says in one line what is wrong in a configuration', () => {
    const file = join(folder, 'bad.yml');
    writeFileSync(file, 'log:\n  level: loud\n');
    const { status, stderr, stdout } = elkhound(['config', '--check', '-c', file]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .*bad\.yml:2:10: log\.level: got "loud"; .*\n$/);
  });

  it('prints a schema', () => {
    const { status, stdout } = elkhound(['config', '--schema']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object' });
  });

  it('is quiet when its reader goes away', () => {
    const script = `${process.execPath} bin/elkhound.js config --schema | head -c 1`;
    const { stderr, status } = spawnSync('bash', ['-o', 'pipefail', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});
