import { inspect } from 'node:util';
import { parseConfig } from '../../src/config/load.js';
import { isPseudonym, userNaming, type UserNaming } from '../../src/normalize/privacy.js';
import { privateRecord } from '../../src/normalize/private-record.js';

const KEY = 'a secret of the test';

function naming(users: string, key?: string): UserNaming {
  const secret = key === undefined ? '' : `, key: "${key}"`;
  return userNaming(parseConfig(`privacy: { users: ${users}${secret} }`, 'test.yml').privacy);
}

describe('userNaming', () => {
  it('leaves names as they are, or takes them away', () => {
    expect(naming('clear')('alice')).toBe('alice');
    expect(naming('off')('alice')).toBe('');
  });

  it('gives a name the same pseudonym wherever the key is the same, and nowhere else', () => {
    const pseudonym = naming('pseudonym', KEY)('alice');
    expect(pseudonym).toBe('user-7e9a45e3ceb3');
    expect(isPseudonym(pseudonym)).toBe(true);
    expect(naming('pseudonym', KEY)('alice')).toBe(pseudonym);
    expect(naming('pseudonym', `${KEY} and another`)('alice')).not.toBe(pseudonym);
    expect(naming('pseudonym', KEY)('alice ')).not.toBe(pseudonym);
    expect(naming('pseudonym', KEY)('')).toBe('');
  });

  it('tells 70,000 names apart, more than it remembers at a time', () => {
    const userOf = naming('pseudonym', KEY);
    const seen = new Set(Array.from({ length: 70_000 }, (_, i) => userOf(`user ${String(i)}`)));
    expect(seen.size).toBe(70_000);
    expect(userOf('user 0')).toBe(naming('pseudonym', KEY)('user 0'));
  });

  it.each(['privacy: { users: pseudonym }', 'privacy: { users: pseudonym, key: short }'])(
    'needs a key worth the name: %s',
    (text) => {
      expect(() => parseConfig(text, 'test.yml')).toThrow(/privacy\.key.*at least 16 characters/);
      expect(() => parseConfig(text, 'test.yml')).not.toThrow('short');
    },
  );

  it('keeps the key to itself', () => {
    const config = parseConfig(`privacy: { users: pseudonym, key: "${KEY}" }`, 'test.yml');
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(KEY);
  });
});

describe('privateRecord', () => {
  const userOf = naming('pseudonym', KEY);
  const alice = userOf('alice');

  it.each<[string, unknown, unknown]>([
    ['a nested document', { user: { name: 'alice' } }, { user: { name: alice } }],
    ['dotted keys', { 'user.name': 'alice' }, { 'user.name': alice }],
    ['lists', { related: { user: ['alice', 'bob'] } }, { related: { user: [alice, userOf('bob')] } }],
    ['numbers of a user', { user: { id: 1004 } }, { user: { id: '[hidden]' } }],
    ['what is no text of a known field', { note2: 'Alice A.' }, { note2: '[hidden]' }],
    ['messages', { message: 'alice was here' }, { message: '[hidden]' }],
    ['a mention in a known field', { query: 'ALICE.example' }, { query: `${alice}.example` }],
    ['the name under any key', { client: 'alice' }, { client: alice }],
    [
      'what names nobody',
      {
        source: { ip: '10.0.0.1', port: 22 },
        event: { action: 'login' },
        '@timestamp': '2026-11-20T18:00:00Z',
      },
      {
        source: { ip: '10.0.0.1', port: 22 },
        event: { action: 'login' },
        '@timestamp': '2026-11-20T18:00:00Z',
      },
    ],
  ])('handles %s', (_name, record, expected) => {
    expect(privateRecord(record, 'alice', userOf)).toEqual(expected);
  });

  it('survives hostile records', () => {
    const record = JSON.parse('{"__proto__":{"user":"alice"},"constructor":{"name":"alice"}}') as object;
    const shown = privateRecord(record, 'alice', userOf);
    expect(JSON.stringify(shown)).not.toContain('"alice"');
    expect(({} as Record<string, unknown>).user).toBeUndefined();
    let deep: unknown = 'alice';
    for (let i = 0; i < 50_000; i++) deep = { deep };
    expect(JSON.stringify(privateRecord(deep, 'alice', userOf))).not.toContain('alice');
    expect(privateRecord({ query: 'a(b.*' }, 'a(b.*', userOf)).toEqual({ query: userOf('a(b.*') });
  });
});
