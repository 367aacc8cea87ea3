/**
 * Real logs that tests read in place. They are no part of the project: `../shared/data`, or where
 * `ELKHOUND_TEST_DATA` (else `ELKHOUND_DATA`) says.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT =
  process.env.ELKHOUND_TEST_DATA ??
  process.env.ELKHOUND_DATA ??
  join(__dirname, '..', '..', 'shared', 'data');

/** Path of a sample such as `flows/portscan_nmap/conn.log.gz`. */
export function sampleFile(name: string): string {
  return join(ROOT, name);
}

/** Documents of a JSON file that holds an array, or an object with one. */
export function sampleDocuments(name: string): Record<string, unknown>[] {
  const document = JSON.parse(readFileSync(sampleFile(name), 'utf8')) as object;
  return (Array.isArray(document) ? document : Object.values(document)[0]) as Record<string, unknown>[];
}

/** A suite on real logs. Where there are none it is skipped, and that is said loudly. @param needed a file of them */
export function describeSamples(title: string, suite: () => void, needed = 'README.md'): void {
  if (existsSync(sampleFile(needed))) {
    describe(title, suite);
    return;
  }
  const missing = `NOT RUN, for there are no sample logs in ${ROOT}: set ELKHOUND_TEST_DATA`;
  process.stderr.write(`${title}: ${missing}\n`);
  describe.skip(`${title} (${missing})`, () => {
    it('did not run', () => undefined);
  });
}
