/**
 * Log files as public bug reports describe them: what a scan of each comes to, and how it ends.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { elkhound } from '../cli/run.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const FILES = sampleFile(join('..', 'cases', 'files'));

interface Case {
  readonly file: string;
  readonly read: number;
  readonly events: number;
  /** Exit code. (Default: 0) */
  readonly status?: number;
  readonly irregular?: Readonly<Record<string, number>>;
}

/** Each with its right value. */
const CASES: readonly Case[] = [
  { file: '10-eve-in-syslog.log', read: 3, events: 3 },
  { file: '10b-eve-in-cri-container-log.log', read: 3, events: 3 },
  { file: '10c-eve-in-docker-json-log.log', read: 3, events: 3 },
  { file: '10d-zeek-in-filebeat-message.ndjson', read: 1, events: 1 },
  { file: '13-gz-trailing-garbage.json.gz', read: 20, events: 20, irregular: { trailing_garbage: 1 } },
  { file: '13b-gz-two-members.json.gz', read: 20, events: 20 },
  { file: '13c-gz-cut-off.json.gz', read: 17, events: 16 },
  { file: '13d-gz-empty.json.gz', read: 0, events: 0, status: 1 },
  { file: '14-utf16le.json', read: 20, events: 20 },
  { file: '14b-bom-before-array.json', read: 20, events: 20 },
  { file: '14c-bom-ndjson.json', read: 20, events: 20 },
  { file: '14d-crlf.json', read: 20, events: 20 },
  { file: '15b-search-response.json', read: 2, events: 2 },
  { file: '15c-elasticdump.ndjson', read: 2, events: 2 },
  { file: '17b-journalctl-json.json', read: 12, events: 12 },
];

const REFUSED: readonly (readonly [file: string, words: string])[] = [
  ['11b-zeek-headless-after-rotation.log', 'none of the known formats'],
  ['15-kibana-report.csv', 'collect.tables'],
  ['17-journalctl-french-month.log', 'none of the known formats'],
];

describeSamples(
  'a file of the field',
  () => {
    it.each(CASES)('$file is read', ({ file, read, events, status = 0, irregular }) => {
      const scan = elkhound(['scan', join(FILES, file), '--json']);
      const lines = scan.stdout.trim().split('\n');
      const [coverage, summary] = lines.slice(-2).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(coverage).toMatchObject({ type: 'coverage', read, events, ...(irregular ? { irregular } : {}) });
      expect(summary).toMatchObject({ type: 'summary', read, isGood: status === 0 });
      expect(scan.status).toBe(status);
    });

    it.each(REFUSED)('%s is refused', (file, words) => {
      const { status, stdout, stderr } = elkhound(['scan', join(FILES, file)]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(words);
    });
  },
  existsSync(FILES) ? undefined : join('..', 'cases', 'README.md'),
);
