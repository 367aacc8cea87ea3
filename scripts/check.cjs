/**
 * `npm test`: every check, each named, all of them run even where an earlier one failed.
 * Tests of one folder alone: `npx jest test/features`.
 */
'use strict';

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');
const CHECKS = [
  ['build', 'tsc', ['-p', 'tsconfig.json']],
  ['types of tests and benchmarks', 'tsc', ['-p', 'tsconfig.test.json']],
  ['lint', 'eslint', ['.', '--cache', '--cache-location', 'node_modules/.cache/eslint/']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['import rules', 'depcruise', ['src', '--config', '.dependency-cruiser.cjs']],
  ['dead code', 'knip', []],
  ['tests', 'jest', process.argv.slice(2)],
];

const failed = [];
for (const [name, command, args] of CHECKS) {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(join(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? '\nall checks passed\n' : `\nfailed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
