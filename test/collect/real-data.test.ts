/**
 * Every real log: what is read equals the row count that its README gives, and nothing is lost.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { total } from '../../src/domain/coverage.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { batchesOf, eventsOf, normalize } from './logs.js';

interface Sample {
  readonly name: string;
  readonly rows: number;
}

/** Vendors whose logs are Zeek, EVE, ECS or sshd as they come; of others only the documents are ECS. */
const KNOWN_AS_IT_COMES = /^(zeek_|suricata_eve|linux_auth|netflow|windows_security)/;

/** Rows of the tables of the README: name, and the column that counts. */
function samples(): Sample[] {
  return readFileSync(sampleFile('README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .flatMap((cells): Sample[] => {
      const name = cells[1]!.replaceAll('`', '');
      if (name.startsWith('benchmarks/')) return [];
      const rows = Number(cells[4]!.replaceAll(',', ''));
      if (name.startsWith('flows/')) return [{ name, rows }];
      const documents = { name: `vendor/${name}-expected.json`, rows };
      const lines = { name: `vendor/${name}`, rows: Number.parseInt(cells[3]!, 10) };
      return KNOWN_AS_IT_COMES.test(name) ? [lines, documents] : [documents];
    });
}

describeSamples('every real log', () => {
  const all = samples();

  it('is named in the README', () => {
    const files = readdirSync(sampleFile('flows'), { recursive: true, withFileTypes: true });
    expect(all.filter(({ name }) => name.startsWith('flows/'))).toHaveLength(
      files.filter((entry) => entry.isFile()).length,
    );
    expect(all.filter(({ name }) => name.endsWith('-expected.json')).length).toBeGreaterThan(40);
  });

  it.each(all)('$name: $rows rows, each accounted for', async ({ name, rows }) => {
    const { coverage, windows } = normalize(await batchesOf([sampleFile(name)]));
    expect(coverage).toHaveLength(1);
    const { read, events, duplicates, filtered, quarantined } = coverage[0]!;
    expect(read).toBe(rows);
    expect(events + duplicates + total(filtered) + total(quarantined)).toBe(read);
    expect(total(quarantined)).toBeLessThanOrEqual(read / 100);
    expect(windows.reduce((sum, window) => sum + window.events.length, 0)).toBe(events);
  });
});

describeSamples('labels of real logs', () => {
  // Counted in the README.
  it.each([
    [
      'flows/iot23/CTU-IoT-Malware-Capture-34-1.conn.log.labeled.gz',
      {
        'Malicious / DDoS': 14394,
        'Malicious / C&C': 6706,
        Benign: 1923,
        'Malicious / PartOfAHorizontalPortScan': 122,
      },
    ],
    [
      'flows/iot23/CTU-IoT-Malware-Capture-20-1.conn.log.labeled.csv.gz',
      { Benign: 3193, 'Malicious / C&C / Torii': 16 },
    ],
    [
      'flows/iot23/CTU-IoT-Malware-Capture-42-1.conn.log.labeled.csv.gz',
      { Benign: 4420, 'Malicious / FileDownload': 3, 'Malicious / C&C / FileDownload': 3 },
    ],
    [
      'flows/ctu_mixed/008.conn.log.labeled.gz',
      {
        'Malicious / External-Attack-to-Device': 4201,
        'Benign / Microsoft': 652,
        'Benign / ESET': 604,
        'Benign / Dropbox': 135,
        Background: 60,
        'Benign / Cert-Validation': 11,
      },
    ],
  ])('%s', async (name, expected) => {
    const counts: Record<string, number> = {};
    for (const { label } of eventsOf(normalize(await batchesOf([sampleFile(name)])))) {
      counts[label as string] = (counts[label as string] ?? 0) + 1;
    }
    expect(counts).toEqual(expected);
  });
});
