import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Progress } from '../../src/cli/progress.js';
import { elkhound } from './run.js';

const CLEAR = '\r\u001b[K';

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** What was written to a terminal, or to what is none. */
  function on(isTTY: boolean): { progress: Progress; written: string[] } {
    const written: string[] = [];
    const write = (text: string): number => written.push(text);
    return { progress: new Progress({ isTTY, columns: 20, write }), written };
  }

  it('is shown after a second, cut to the width, and cleared once', () => {
    const { progress, written } = on(true);
    progress.update('one');
    jest.advanceTimersByTime(900);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(300);
    expect(new Set(written)).toEqual(new Set([`${CLEAR}one`]));
    progress.update('what is longer than a line of it');
    expect(written.at(-1)).toBe(`${CLEAR}what is longer than`);
    written.length = 0;
    progress.done();
    progress.done();
    expect(written).toEqual([CLEAR]);
  });

  it('makes way for lines that stay', () => {
    const { progress, written } = on(true);
    progress.write('first\n');
    progress.update('far');
    jest.advanceTimersByTime(1100);
    written.length = 0;
    progress.write('second\n');
    expect(written).toEqual([CLEAR, 'second\n']);
    jest.advanceTimersByTime(200);
    expect(written.at(-1)).toBe(`${CLEAR}far`);
    progress.done();
  });

  it('is never shown where nobody watches', () => {
    const { progress, written } = on(false);
    progress.update('one');
    jest.advanceTimersByTime(5000);
    progress.done();
    expect(written).toEqual([]);
  });
});

describe('the progress of a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-progress-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('goes to the terminal, and never into JSON', () => {
    // As on a terminal, on a machine so slow that each moment is long.
    const terminal = join(folder, 'terminal.cjs');
    writeFileSync(
      terminal,
      `for (const stream of [process.stderr, process.stdout]) stream.isTTY = true;
const now = performance.now.bind(performance);
performance.now = () => 1e6 * now();`,
    );
    const args = ['simulate', '--start', '2026-01-12', '--hosts', '20', '--events', '3000', '--json'];
    const { status, stdout, stderr } = elkhound([...args, '--out', join(folder, 'logs')], {
      env: { NODE_OPTIONS: `--require ${terminal}` },
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ events: 3000 });
    expect(stderr).toContain(`${CLEAR}3,000 events written, until 2026-01-12`);
  });
});
