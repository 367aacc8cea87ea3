import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elkhound } from './run.js';

const OURS = join('kibana', 'saved-objects', 'elkhound.ndjson');
const folder = mkdtempSync(join(tmpdir(), 'elkhound-kibana-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the file with a text replaced in it. */
function changed(from: string, to: string): string {
  const file = join(folder, 'changed.ndjson');
  const text = readFileSync(OURS, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
}

describe('elkhound kibana check', () => {
  it('finds nothing in what Elkhound ships', () => {
    expect(elkhound(['kibana', 'check', OURS])).toEqual({
      status: 0,
      stdout: `${OURS}: valid\n`,
      stderr: '',
    });
    expect(elkhound(['kibana', 'check', '--json', OURS])).toMatchObject({ status: 0, stdout: '' });
  });

  it('says on a line each what is wrong, and ends with 1', () => {
    const file = changed('"color":"#4477aa"', '"color":"blue"');
    const { status, stdout } = elkhound(['kibana', 'check', OURS, file]);
    expect(stdout).toBe(
      `${file}:1: tag elkhound: attributes.color: got "blue"; expected a color such as "#4477aa"\n`,
    );
    expect(status).toBe(1);
  });

  it('has a line for each, and no command to the terminal, whatever the file says', () => {
    const file = join(folder, 'hostile.ndjson');
    writeFileSync(file, '{"type":"tag","id":"\\u001b[2J\\n","\\u0007":1}');
    const lines = elkhound(['kibana', 'check', file]).stdout.split('\n');
    expect(lines.find((line) => line.includes('unknown'))).toContain(
      `${file}:1: tag ?[2J?: ?: unknown attribute`,
    );
    expect(lines.every((line) => line === '' || line.startsWith(`${file}:1: tag ?[2J?: `))).toBe(true);
  });

  it('says it for programs', () => {
    const file = changed('"name":"Elkhound"', '"name":""');
    const { status, stdout } = elkhound(['kibana', 'check', '--json', file]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      type: 'problem',
      file,
      line: 1,
      object: { type: 'tag', id: 'elkhound' },
      path: 'attributes.name',
      message: 'got ""; expected a text that is not empty',
    });
  });

  it('takes what is said to be in the space', () => {
    const view = readFileSync(OURS, 'utf8').split('\n')[5]!;
    const file = join(folder, 'view.ndjson');
    writeFileSync(file, view);
    const { stdout } = elkhound(['kibana', 'check', file]);
    expect(stdout).toContain('there is no tag "elkhound"');
    const known = ['--known', 'tag:elkhound', '--known', 'dashboard:elkhound-entity'];
    expect(elkhound(['kibana', 'check', ...known, file])).toMatchObject({ status: 0 });
  });

  it.each([
    [['kibana'], 'Usage: elkhound kibana'],
    [['kibana', 'check'], "missing required argument 'file'"],
    [['kibana', 'check', 'no-such-file'], 'cannot read the file "no-such-file"; expected saved objects'],
    [
      ['kibana', 'check', '--known', 'tag', OURS],
      '--known: got "tag"; expected such as index-pattern:logs-*',
    ],
  ])('%j ends with 2 and says why', (args, words) => {
    const { status, stdout, stderr } = elkhound(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});
