import { gunzipSync } from 'node:zlib';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elkhound } from '../cli/run.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-scan-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

function jsonLines(stdout: string): Line[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describeSamples('elkhound scan', () => {
  const nmap = sampleFile('flows/portscan_nmap/conn.log.gz');

  it('tells in a table who scans, and that it has no history', () => {
    const { status, stdout, stderr } = elkhound(['scan', nmap]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/port scan {2}172\.16\.1\.11 tried 101 ports/);
    expect(stdout).toContain('1 finding in 7 windows. No history');
    expect(stdout).toContain('4,504 records of 1 file: 4,504 events');
  });

  it('prints anomalies, strangest first, and then coverage by file as JSON', () => {
    const auth = sampleFile('flows/linux_auth/OpenSSH_2k.log.gz');
    const lines = jsonLines(elkhound(['scan', '--json', nmap, auth]).stdout);
    const anomalies = lines.filter(({ type }) => type === 'anomaly');
    const coverage = lines.filter(({ type }) => type === 'coverage');
    expect(lines.slice(-3, -1)).toEqual(coverage);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', read: 6504, understood: 6504, isGood: true });
    expect(new Set(anomalies.map(({ behavior }) => behavior))).toContain('password_guessing');
    const order = ['critical', 'high', 'medium', 'low'];
    const ranks = anomalies.map(({ severity }) => order.indexOf(severity as string));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(coverage).toEqual([
      {
        type: 'coverage',
        file: nmap,
        read: 4504,
        events: 4504,
        duplicates: 0,
        filtered: {},
        quarantined: {},
      },
      {
        type: 'coverage',
        file: auth,
        read: 2000,
        events: expect.any(Number) as number,
        duplicates: expect.any(Number) as number,
        filtered: { no_network_activity: expect.any(Number) as number },
        quarantined: {},
      },
    ]);
  });

  it('reads standard input, and finds the same', () => {
    const input = gunzipSync(readFileSync(nmap));
    const { status, stdout } = elkhound(['scan', '-'], { input });
    expect(status).toBe(0);
    expect(stdout).toContain('172.16.1.11 tried 101 ports');
  });

  it('writes a report that stands alone', () => {
    const report = join(folder, 'report.html');
    expect(elkhound(['scan', nmap, '--report', report]).status).toBe(0);
    const text = readFileSync(report, 'utf8');
    expect(text).toContain('172.16.1.11 tried 101 ports');
    expect(text).not.toMatch(/<script|src="http|href="http/);
  });

  it('counts what is broken and still tells the rest', () => {
    const lines = gunzipSync(readFileSync(nmap)).toString().split('\n');
    const broken = join(folder, 'conn.log');
    writeFileSync(
      broken,
      [...lines.slice(0, 4000), '{"ts": 1664463000, "uid":', '\u0000\u0001', ...lines.slice(4000)].join('\n'),
    );
    const { status, stdout } = elkhound(['scan', broken]);
    expect(status).toBe(0);
    expect(stdout).toContain('172.16.1.11 tried 101 ports');
    expect(stdout).toMatch(
      /4,506 records of 1 file: 4,504 events.*2 quarantined \(1 bad json, 1 unknown record\)/,
    );
  });

  it.each([
    [['scan', join(folder, 'absent.log')], 'absent.log'],
    [['scan', __filename], 'none of the known formats'],
    [['scan', nmap, '--report', join(folder, 'no', 'folder.html')], '--report'],
    [['scan'], 'file'],
  ])('%j is wrong use, in one line', (args, words) => {
    const { status, stderr, stdout } = elkhound(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });
});

describeSamples('elkhound evaluate', () => {
  it('holds findings against what is expected, beside the plainest rival', () => {
    const { status, stdout } = elkhound([
      'evaluate',
      sampleFile('expected-findings.json'),
      ...['--only', 'nmap', 'sshd-log', 'mixed-010', '--json'],
    ]);
    expect(status).toBe(0);
    const groups = jsonLines(stdout) as unknown as {
      name: string;
      expectations: { id: string; met: boolean; rank: number; rivals: Record<string, number> }[];
      loud: string[];
    }[];
    expect(groups.map(({ name }) => name)).toEqual(['nmap', 'mixed-010', 'sshd-log']);
    for (const { expectations, loud } of groups) {
      expect(loud).toEqual([]);
      for (const { met, rivals } of expectations) {
        expect(met).toBe(true);
        expect(Object.keys(rivals)).toEqual(['connections per window']);
      }
    }
  });
});
