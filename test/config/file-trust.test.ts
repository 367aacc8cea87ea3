import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileTrust } from '../../src/config/file-trust.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { elkhound } from '../cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-trust-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENVIRONMENT = { TOKEN: 'not-for-strangers', ELKHOUND_HOME: '/srv/elkhound' };
const read = (text: string, trust: FileTrust, more = {}): Config =>
  parseConfig(text, 'elkhound.yml', { ...ENVIRONMENT, ...more }, trust);

const UNTRUSTED: readonly (readonly [string, FileTrust, RegExp])[] = [
  ['belongs to a stranger', { stranger: 4711 }, /belongs to another user \(id 4711\); make it your own/],
  ['everybody can write to', { writers: 'everybody' }, /can be written by everybody; take that right away/],
];

describe.each(UNTRUSTED)('a configuration that %s', (_name, trust, reason) => {
  it.each([
    [
      'a variable',
      'elasticsearch: { url: "http://127.0.0.1/${TOKEN}" }',
      /elasticsearch\.url asks for a variable/,
    ],
    ['a variable with a default', 'job: ${TOKEN:default}', /job asks for a variable/],
    ['a secret file', 'api: { apiKeyFile: /etc/hostname }', /api\.apiKeyFile asks for a secret file/],
  ])('gets no %s', (_what, text, message) => {
    expect(() => read(text, trust)).toThrow(message);
    expect(() => read(text, trust)).toThrow(reason);
  });

  it.each([
    'elasticsearch: { url: "http://127.0.0.1" }',
    `elasticsearch: { cloudId: "a:${Buffer.from('h.example$0').toString('base64')}" }`,
    'kibana: { url: "http://127.0.0.1" }',
  ])('gets no secret of the environment sent to its address: %s', (text) => {
    const secret = { ELKHOUND_ELASTICSEARCH_API_KEY: 'k' };
    expect(() => read(text, trust, secret)).toThrow(/ELKHOUND_ELASTICSEARCH_API_KEY would be sent to its/);
    expect(() => read(text, trust, secret)).toThrow(reason);
  });

  it('is used for what it says itself', () => {
    expect(read('normalize: { site: north }', trust).normalize.site).toBe('north');
    const own = { ELKHOUND_ELASTICSEARCH_URL: 'http://127.0.0.1:1', ELKHOUND_ELASTICSEARCH_API_KEY: 'k' };
    expect(read('elasticsearch: { url: "http://127.0.0.1:2" }', trust, own).elasticsearch.url).toBe(
      'http://127.0.0.1:1',
    );
  });
});

describe('a configuration that its group can write to', () => {
  it('is warned of where it asks for a secret, once', () => {
    const notes: string[] = [];
    const text = 'job: ${TOKEN}\nnormalize: { site: "${TOKEN}" }';
    read(text, { writers: 'group', onNote: (note, level) => notes.push(`${level}: ${note}`) });
    expect(notes).toEqual([expect.stringMatching(/^warn: .*job.* can be written by its group/)]);
  });
});

describe('a configuration file', () => {
  const file = join(folder, 'elkhound.yml');
  beforeEach(() => {
    writeFileSync(file, 'normalize: { site: "${TOKEN}" }', { mode: 0o600 });
    chmodSync(file, 0o600);
  });
  const load = () => loadConfig({ file, environment: ENVIRONMENT });

  it('is trusted by its owner and its mode', () => {
    expect(load().normalize.site).toBe('not-for-strangers');
    chmodSync(file, 0o602);
    expect(load).toThrow('can be written by everybody');
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? it : it.skip)('of another user gets no variable', () => {
    chownSync(file, 4711, 4711);
    expect(load).toThrow('belongs to another user (id 4711)');
  });
});

describe('a file of options in the current folder', () => {
  const evidence = join(folder, 'evidence');
  const log = join(evidence, 'auth.log');
  beforeAll(() => {
    mkdirSync(evidence);
    const failures = Array.from(
      { length: 60 },
      (_, i) =>
        `2026-11-20T20:31:${String(i).padStart(2, '0')}Z gate sshd[${String(i)}]: Failed password for root from 203.0.113.77 port ${String(40_000 + i)} ssh2`,
    );
    writeFileSync(log, `${failures.join('\n')}\n`);
    writeFileSync(join(evidence, 'elkhound.yml'), 'normalize: { ignore: { networks: [203.0.113.0/24] } }\n');
  });
  const there = (args: string[]) => elkhound(args, { cwd: evidence });

  it('does not decide what a scan finds', () => {
    const { stdout, stderr } = there(['scan', 'auth.log']);
    expect(stdout).toContain('203.0.113.77');
    expect(stderr).toContain('elkhound.yml is here and not used; name it with -c to use it');
  });

  it('is used by a scan that names it, and by other commands, which say so', () => {
    const scanned = there(['scan', '-c', 'elkhound.yml', 'auth.log']);
    expect(scanned.stdout).not.toContain('203.0.113.77');
    expect(scanned.stderr).toContain('configuration: elkhound.yml');
    const { stdout, stderr } = there(['config']);
    expect(stderr).toContain('configuration: elkhound.yml');
    expect(JSON.parse(stdout)).toMatchObject({
      normalize: { ignore: { networks: ['203.0.113.0/24'] } },
    });
  });
});
