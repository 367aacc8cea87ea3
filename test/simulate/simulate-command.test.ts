import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PlantedAttack } from '../../src/simulate/attacks/attack.js';
import { elkhound } from '../cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL = ['simulate', '--start', '2026-01-12', '--hosts', '20', '--seed', '4'];

interface Truth {
  readonly start: string;
  readonly events: number;
  readonly attacks: readonly PlantedAttack[];
}

function truthIn(file: string): Truth {
  return JSON.parse(readFileSync(file, 'utf8')) as Truth;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

describe('elkhound simulate', () => {
  it('fills a folder with logs and the truth beside them', () => {
    const into = join(folder, 'logs');
    const { status, stdout, stderr } = elkhound([...SMALL, '--out', into]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { attacks, events, start } = truthIn(join(into, 'truth.json'));
    expect(start).toBe('2026-01-12T00:00:00.000Z');
    expect(new Set(attacks.map(({ kind }) => kind)).size).toBe(11);
    const logs = readdirSync(into).filter((name) => name.endsWith('.log'));
    const lines = logs.flatMap((name) => linesOf(readFileSync(join(into, name), 'utf8')));
    expect(lines).toHaveLength(events);
    const scanned = linesOf(elkhound(['scan', into, '--json']).stdout).map(
      (line) => JSON.parse(line) as { file?: string; quarantined?: object },
    );
    const coverage = scanned.filter(({ file }) => file !== undefined);
    expect(coverage).toHaveLength(logs.length);
    expect(coverage.map(({ quarantined }) => quarantined)).toEqual(logs.map(() => ({})));
    expect(stdout).toBe(
      `${events.toLocaleString('en-US')} events from 2026-01-12T00:00:00.000Z to 2026-01-13T00:00:00.000Z in ${into}, with 11 attacks, told in ${join(into, 'truth.json')}.\n`,
    );
  });

  it('writes what it is told to standard output, and says the rest beside it', () => {
    const args = [...SMALL, '--out', '-', '--events', '2500', '--format', 'ecs', '--json'];
    const { status, stdout, stderr } = elkhound(args);
    expect(status).toBe(0);
    expect(linesOf(stdout)).toHaveLength(2_500);
    expect(JSON.parse(stderr)).toMatchObject({ to: 'standard output', events: 2_500, seed: 4, truth: null });
    expect(elkhound(args).stdout === stdout).toBe(true);
    expect(elkhound([...args, '--seed', '5']).stdout === stdout).toBe(false);
  });

  it('packs a file, and plants only what is named', () => {
    const file = join(folder, 'new', 'eve.json.gz');
    const args = [
      '--out',
      file,
      '--format',
      'eve',
      '--attacks',
      'dns-tunnel,mining',
      '--days',
      '0.5',
      '--json',
    ];
    const { status, stdout } = elkhound([...SMALL, ...args]);
    expect(status).toBe(0);
    const { events, attacks } = JSON.parse(stdout) as { events: number; attacks: number };
    expect(linesOf(gunzipSync(readFileSync(file)).toString())).toHaveLength(events);
    const truth = truthIn(join(folder, 'new', 'truth.json'));
    expect(truth.attacks).toHaveLength(attacks);
    expect(new Set(truth.attacks.map(({ kind }) => kind))).toEqual(new Set(['dns_tunnel', 'mining']));
  });

  it('counts the truth of what was written where a limit ends it', () => {
    const truth = join(folder, 'cut.json');
    const { stdout } = elkhound([...SMALL, '--out', '-', '--events', '9000', '--truth', truth]);
    const written = new Set(linesOf(stdout).map((line) => (JSON.parse(line) as { uid: string }).uid));
    expect(written.size).toBeGreaterThan(3_000);
    const { attacks, events } = truthIn(truth);
    expect(events).toBe(9_000);
    expect(attacks.length).toBeGreaterThan(0);
    expect(attacks.every((attack) => attack.events > 0)).toBe(true);
  });

  it('leaves calm days calm', () => {
    const truth = join(folder, 'calm.json');
    elkhound([...SMALL, '--out', join(folder, 'calm.log'), '--days', '1.5', '--calm', '1', '--truth', truth]);
    const { attacks } = truthIn(truth);
    expect(attacks.length).toBeGreaterThan(5);
    expect(attacks.every(({ start }) => start >= '2026-01-13T00:00')).toBe(true);
  });

  it('ends now where nothing else is said, and never later', () => {
    const { stdout } = elkhound([
      'simulate',
      '--hosts',
      '20',
      '--days',
      '0.1',
      '--out',
      join(folder, 'now.log'),
      '--json',
    ]);
    const { start, end } = JSON.parse(stdout) as { start: string; end: string };
    expect(Date.parse(end) - Date.parse(start)).toBe(8_640_000);
    expect(Date.parse(end)).toBeLessThanOrEqual(Date.now());
    const last = JSON.parse(linesOf(readFileSync(join(folder, 'now.log'), 'utf8')).at(-1)!) as { ts: number };
    expect(last.ts * 1000).toBeLessThan(Date.parse(end));
  });

  it.each([
    [['--hosts', '5'], '--hosts', '5', 'from 20 to 4000'],
    [['--attacks', 'port-scan,spam'], '--attacks', '"spam"', 'dns-tunnel'],
    [['--start', '2999-01-01'], '--start', '2999', 'in the past'],
    [['--calm', '2'], '--calm', '2', 'fewer than 1'],
    [['--to', 'elasticsearch', '--out', 'x'], '--out', '"x"', 'leave it out'],
    [['--to', 'elasticsearch'], 'elasticsearch.url', 'missing', 'ELKHOUND_ELASTICSEARCH_URL'],
    [['--out', '/dev/null/logs'], '/dev/null/logs', 'ENOTDIR', 'cannot write'],
  ])('%j: names option and value and what would be right', (args, option, value, right) => {
    const { status, stderr, stdout } = elkhound(['simulate', ...args]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    for (const word of [option, value, right]) expect(stderr).toContain(word);
  });
});
