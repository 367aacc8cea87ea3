/**
 * No line is much work, whatever a stranger has written into it. A pattern that goes through a line again and again
 * takes minutes for what else takes milliseconds, so that a process that has not ended by then is stuck.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeRuby } from '../logstash/describe-ruby.js';
import { runChain } from '../logstash/ruby-chain.js';
import { MAX_LINE, pumpedLines } from './pumped.js';

const STUCK_MS = 120_000;

function readLines(lines: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'read-lines.ts')],
    { input: JSON.stringify(lines), encoding: 'utf8', timeout: STUCK_MS, maxBuffer: 2 ** 26 },
  );
  if (stdout === '') throw new Error(`the reader did not end: ${stderr}`);
  return JSON.parse(stdout) as string[];
}

describe('lines that are hard for patterns', () => {
  it('are read from files, or set aside', () => {
    const lines = pumpedLines();
    expect(lines.length).toBeGreaterThan(2000);
    expect(lines.every(({ length }) => length <= MAX_LINE)).toBe(true);
    const fates = readLines(lines);
    expect(fates).toHaveLength(lines.length);
    expect(fates).not.toContain('line_too_long');
    expect(new Set(fates).size).toBeGreaterThan(3);
  });

  it('of 64 KB are not read at all', () => {
    expect(new Set(readLines(pumpedLines(65_536).slice(0, 200)))).toEqual(new Set(['line_too_long']));
  });
});

describeRuby('lines that are hard for patterns, by way of Logstash', (ruby) => {
  it('end as documents or among the failures', () => {
    const inputs = pumpedLines().map((input, i) => ({ id: String(i), input }));
    const outcomes = runChain(ruby, inputs, STUCK_MS);
    expect(outcomes.size).toBe(inputs.length);
    expect([...outcomes.values()].flatMap(({ exceptions }) => exceptions)).toEqual([]);
  });

  it('of 64 KB are not taken apart, and end among the failures', () => {
    const inputs = pumpedLines(65_536).map((input, i) => ({ id: String(i), input }));
    const outcomes = [...runChain(ruby, inputs.slice(0, 200), STUCK_MS).values()];
    expect(outcomes).toHaveLength(200);
    // Blanks before a line are no part of it.
    const failed = outcomes.filter(({ index }) => index === 'elkhound-failures');
    expect(failed.length).toBeGreaterThanOrEqual(199);
    expect(
      failed.filter(({ event }) => (event!.tags as string[]).includes('_oversized')).length,
    ).toBeGreaterThan(190);
  });
});
