/**
 * Secrets in options: with whatever characters, in the right option or in a wrong one, no part of
 * one is in anything that is shown.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/load.js';
import { AppError } from '../../src/domain/error.js';
import { Kibana } from '../../src/kibana/install/connection.js';
import { kibanaAccess } from '../../src/kibana/install/access.js';
import { withoutCredentials } from '../../src/observe/logger.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { clusterOptionsOf, hasCluster } from '../../src/store/open-store.js';
import { elkhound } from '../cli/run.js';

/** Longest part of a secret that may be seen: shorter ones are in any text. */
const TELLTALE = 4;

/** All printable characters of ASCII; every other one is of a kind that words do not hold, so no part is in a message by chance. */
const secrets = fc
  .array(fc.tuple(fc.integer({ min: 0x20, max: 0x7e }), fc.constantFrom('Q', 'X', 'Z', '7')), {
    minLength: 4,
    maxLength: 12,
  })
  .map((pairs) => pairs.map(([code, rare]) => String.fromCharCode(code) + rare).join(''));

function partsOf(secret: string): string[] {
  return Array.from({ length: secret.length - TELLTALE + 1 }, (_, i) => secret.slice(i, i + TELLTALE));
}

/** Ways to write a value in YAML: the careful one, and those that break on special characters. */
const WRITINGS: readonly ((text: string) => string)[] = [
  (text) => `'${text.replaceAll("'", "''")}'`,
  (text) => JSON.stringify(text),
  (text) => `"${text}"`,
  (text) => text,
];

/** A configuration with a value where it belongs, or where somebody put it by mistake. */
const PLACES: Readonly<Record<string, (value: (text: string) => string, secret: string) => string>> = {
  'API key': (value, secret) => `api:\n  apiKey: ${value(secret)}\n`,
  'API key for options': (value, secret) => `api: ${value(secret)}\n`,
  'API key in a list': (value, secret) => `api:\n  apiKey: [${value(secret)}]\n`,
  'API key under a wrong name': (value, secret) => `api:\n  apikey: ${value(secret)}\n`,
  // What consists of letters and digits alone is shown: it is a misspelled option, far more often.
  'key as the name of an option': (_value, secret) => `api:\n  ? ${JSON.stringify(`${secret}=`)}\n  : 1\n`,
  'key for a file': (value, secret) => `api:\n  apiKeyFile: ${value(secret)}\n`,
  'password of Elasticsearch': (value, secret) =>
    `elasticsearch:\n  url: http://127.0.0.1:9\n  username: u\n  password: ${value(secret)}\n`,
  'password in the address': (value, secret) =>
    `elasticsearch:\n  url: ${value(`http://elastic:${secret}@127.0.0.1:9`)}\n`,
  'password in one address of two': (value, secret) =>
    `elasticsearch:\n  url: ${value(`http://127.0.0.1:8,http://elastic:${secret}@127.0.0.1:9`)}\n`,
  'password in an address without scheme': (value, secret) =>
    `elasticsearch:\n  url: ${value(`elastic:${secret}@127.0.0.1:9`)}\n`,
  'password in a list of addresses': (value, secret) =>
    `elasticsearch:\n  url: [${value(`http://elastic:${secret}@127.0.0.1:9`)}]\n`,
  'address for options': (value, secret) => `elasticsearch: ${value(`http://u:${secret}@127.0.0.1:9`)}\n`,
  'address for indices': (value, secret) =>
    `elasticsearch:\n  indices: ${value(`http://u:${secret}@127.0.0.1:9`)}\n`,
  'cloud id': (value, secret) => `elasticsearch:\n  cloudId: ${value(secret)}\n`,
  'password of Kibana’s address': (value, secret) =>
    `kibana:\n  url: ${value(`https://u:${secret}@kibana.example`)}\n`,
  'Kibana’s address for options': (value, secret) =>
    `kibana: ${value(`https://u:${secret}@kibana.example`)}\n`,
  'channel as an address': (value, secret) =>
    `alert:\n  channels:\n    soc: ${value(`https://hooks.example/${secret}`)}\n`,
  'token of a channel': (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: ${value(`https://hooks.example/${secret}`)}\n`,
  'token as a channel’s name': (_value, secret) =>
    `alert:\n  channels:\n    ? ${JSON.stringify(`https://hooks.example/${secret}`)}\n    : { url: http://127.0.0.1 }\n`,
  'token under a wrong name': (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: http://127.0.0.1\n      token: ${value(secret)}\n`,
  'user of a channel': (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: ${value(`https://u:${secret}@hooks.example`)}\n`,
  header: (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: http://127.0.0.1\n      headers:\n        Authorization: ${value(secret)}\n`,
  'header as a text': (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: http://127.0.0.1\n      headers: ${value(secret)}\n`,
  signature: (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: http://127.0.0.1\n      signingSecret: ${value(secret)}\n`,
  proxy: (value, secret) =>
    `alert:\n  channels:\n    soc:\n      url: http://127.0.0.1\n      proxy: ${value(`http://u:${secret}@proxy.example`)}\n`,
  'address of the pages': (value, secret) =>
    `alert:\n  baseUrl: ${value(`https://u:${secret}@pages.example`)}\n`,
  'key of pseudonyms': (value, secret) => `privacy:\n  users: pseudonym\n  key: ${value(secret)}\n`,
};

/** All that the commands show of a configuration and of what they make from it. */
function shownOf(text: string): string {
  const shown: string[] = [];
  try {
    const config = parseConfig(text, 'elkhound.yml', {}, { onNote: (note) => shown.push(note) });
    shown.push(JSON.stringify(config), inspect(config, { depth: 9 }));
    if (hasCluster(config)) shown.push(new Cluster(clusterOptionsOf(config)).address);
    const access = kibanaAccess(config);
    if (access) shown.push(new Kibana(access).address);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    shown.push(withoutCredentials((error as AppError).message));
  }
  return shown.join('\n');
}

describe('a secret', () => {
  it.each(Object.entries(PLACES))('is not shown: %s', (_name, textWith) => {
    const property = fc.property(secrets, fc.constantFrom(...WRITINGS), (secret, write) => {
      const shown = shownOf(textWith(write, secret));
      const seen = partsOf(secret).filter((part) => shown.includes(part));
      // What stands there whatever the secret is, such as a port among the defaults, is none of it.
      const usual = seen.length === 0 ? '' : shownOf('') + shownOf(textWith(write, 'another-value'));
      expect(seen.filter((part) => !usual.includes(part))).toEqual([]);
    });
    fc.assert(property, { numRuns: 200, examples: [[' 777 Q Q Q Q', WRITINGS[0]!]] });
  });

  it('in an address is used as it was meant, or refused with what would be right', () => {
    const property = fc.property(secrets, (secret) => {
      const config = (password: string) =>
        parseConfig('', 'f', { ELKHOUND_ELASTICSEARCH_URL: `http://elastic:${password}@127.0.0.1:9` });
      const { elasticsearch } = config(encodeURIComponent(secret));
      expect(elasticsearch.url).toBe('http://127.0.0.1:9');
      expect([elasticsearch.username, elasticsearch.password?.reveal()]).toEqual(['elastic', secret]);
      try {
        const used = config(secret).elasticsearch.password?.reveal();
        expect([secret, decodeURIComponent(secret)]).toContain(used);
      } catch (error) {
        expect((error as AppError).message).toMatch(/elasticsearch\.url: got \[secret\]; .*percent-encoded/);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('is taken out of other texts in time that grows with their length alone', () => {
    const url = 'to http://elastic:a/b@c@127.0.0.1:9200 and https://kibana.example';
    expect(withoutCredentials(url)).toBe('to http://[secret]@127.0.0.1:9200 and https://kibana.example');
    for (const unit of ['a', '://', 'a://', '@', 'x@', 'a:b@://']) {
      const text = unit.repeat(2_000_000 / unit.length);
      // A quadratic search would not come to an end within the test's time.
      expect(withoutCredentials(text).length).toBeLessThanOrEqual(text.length + 10);
    }
  });
});

describe('the commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-addresses-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'elkhound.yml');

  it.each([
    ['with a slash', 'http://elastic:secret-4kT/9zz@127.0.0.1:9', true],
    ['with a port before a slash', 'http://elastic:12345/secretpart@127.0.0.1:9', true],
    ['with a percent sign', 'http://elastic:secret%9zz@127.0.0.1:9', true],
    ['with a hash', 'http://elastic:secret#9zz@127.0.0.1:9', true],
    ['with a comma', 'http://elastic:secret,part@127.0.0.1:9', false],
    ['without special characters', 'http://elastic:secret9zz@127.0.0.1:9', false],
  ])('say nothing of a password %s, and how to write it', (_name, url, isWrong) => {
    writeFileSync(file, `elasticsearch: { url: '${url}' }\n`);
    const runs = [['config', '--check'], ['config'], ['doctor']].map((args) =>
      elkhound([...args, '-c', file]),
    );
    const output = runs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(output).not.toMatch(/secret(?!\])|9zz|part/);
    expect(output).not.toMatch(/^ +at /m);
    if (!isWrong) {
      expect(runs.map(({ status }) => status)).toEqual([0, 0, 1]);
      return;
    }
    for (const { status, stderr } of runs) {
      expect(status).toBe(2);
      expect(stderr).toContain('elasticsearch.url: got [secret]; the user or password holds a character');
    }
  });
});
