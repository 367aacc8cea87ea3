/** Reads lines of JSON texts from standard input as auth lines, and writes what became of each: a process of its own. */
import { readFileSync } from 'node:fs';
import { AuthLines } from '../../src/normalize/auth/line.js';
import { Draft } from '../../src/normalize/draft.js';
import { WallClock } from '../../src/normalize/time.js';

const lines = new AuthLines(Date.UTC(2026, 10, 30), new WallClock('UTC'));
const draft = new Draft();
const fates = (JSON.parse(readFileSync(0, 'utf8')) as string[]).map((line) => {
  draft.clear();
  return lines.read(line, draft)?.reason ?? 'event';
});
process.stdout.write(JSON.stringify(fates));
