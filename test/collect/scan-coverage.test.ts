/**
 * A scan reads twice; what it read, left out and could not use counts once, for every file.
 */
import { parseConfig } from '../../src/config/load.js';
import { total } from '../../src/domain/coverage.js';
import { scanFiles } from '../../src/scan/scan-files.js';
import { Folder, NOW_MS } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

it('the coverage of a scan has each record of each file once', async () => {
  const conn = (i: number): string =>
    JSON.stringify({
      ts: 1_700_000_000 + i,
      uid: `C${String(i)}`,
      'id.orig_h': '10.0.0.1',
      'id.resp_h': '10.0.0.2',
      conn_state: 'SF',
    });
  const lines = Array.from({ length: 600 }, (_, i) => conn(i));
  const files = [
    folder.write(
      'conn.log',
      [...lines, lines[3], '{"ts":', '', '# remark', conn(700).replace('10.0.0.2', '10.0.0.x')].join('\n'),
    ),
    folder.write('x509.log', '{"ts":1700000000,"_path":"x509"}\n'),
    folder.write('empty.log', ''),
  ];
  const { coverage } = await scanFiles({ files, config: parseConfig('', 'test.yml'), nowMs: NOW_MS });
  const byFile = Object.fromEntries(coverage.map(({ source, ...counts }) => [source, counts]));
  expect(byFile).toEqual({
    [files[0]!]: {
      read: 603,
      events: 600,
      duplicates: 1,
      filtered: {},
      quarantined: { bad_json: 1, bad_address: 1 },
    },
    [files[1]!]: { read: 1, events: 0, duplicates: 0, filtered: { unsupported_type: 1 }, quarantined: {} },
    [files[2]!]: { read: 0, events: 0, duplicates: 0, filtered: {}, quarantined: {} },
  });
  for (const { read, events, duplicates, filtered, quarantined } of coverage) {
    expect(events + duplicates + total(filtered) + total(quarantined)).toBe(read);
  }
});
