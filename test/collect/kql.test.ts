import { fieldsOfKql, parseKql } from '../../src/collect/kql/parse.js';
import { queryOfKql } from '../../src/collect/kql/query.js';

const queryOf = (text: string, names: Record<string, string> = {}): unknown =>
  queryOfKql(parseKql(text), (field) => names[field] ?? field);

describe('a filter like Kibana’s', () => {
  it('compares a field with words, an exact text, or yes and no', () => {
    expect(queryOf('event.module: fortinet')).toEqual({ match: { 'event.module': 'fortinet' } });
    expect(queryOf('  event.module :fortinet ')).toEqual({ match: { 'event.module': 'fortinet' } });
    expect(queryOf('message: quick brown fox')).toEqual({ match: { message: 'quick brown fox' } });
    expect(queryOf('message: "quick brown"')).toEqual({ match_phrase: { message: 'quick brown' } });
    expect(queryOf('tls.established: true')).toEqual({ match: { 'tls.established': true } });
    expect(queryOf('tls.established: "true"')).toEqual({ match_phrase: { 'tls.established': 'true' } });
    expect(queryOf('source.ip: 10.9.0.0/16')).toEqual({ match: { 'source.ip': '10.9.0.0/16' } });
  });

  it('knows existence and wildcards; spaces and signs of a value stay what they are', () => {
    expect(queryOf('source.ip: *')).toEqual({ exists: { field: 'source.ip' } });
    expect(queryOf('event.dataset: zeek.*')).toEqual({
      query_string: { fields: ['event.dataset'], query: 'zeek.*' },
    });
    expect(queryOf('url: http\\:*a b-c*')).toEqual({
      query_string: { fields: ['url'], query: 'http\\:*a\\ b\\-c*' },
    });
    expect(queryOf('a: " x "')).toEqual({ match_phrase: { a: ' x ' } });
    expect(queryOf('path: "a*"')).toEqual({ match_phrase: { path: 'a*' } });
    expect(queryOf('path: a\\*')).toEqual({ match: { path: 'a*' } });
  });

  it('knows ranges', () => {
    expect(queryOf('source.bytes >= 100 and source.bytes<200')).toEqual({
      bool: {
        filter: [{ range: { 'source.bytes': { gte: '100' } } }, { range: { 'source.bytes': { lt: '200' } } }],
      },
    });
    expect(queryOf('@timestamp > "2026-11-01T08:00:00Z"')).toEqual({
      range: { '@timestamp': { gt: '2026-11-01T08:00:00Z' } },
    });
  });

  it('binds not before and before or, in any case; parentheses go before all', () => {
    const match = (field: string): object => ({ match: { [field]: '1' } });
    const or = (...should: object[]): object => ({ bool: { should, minimum_should_match: 1 } });
    const and = (...filter: object[]): object => ({ bool: { filter } });
    const not = (must_not: object): object => ({ bool: { must_not } });
    expect(queryOf('a:1 or b:1 AND NOT c:1')).toEqual(or(match('a'), and(match('b'), not(match('c')))));
    expect(queryOf('(a:1 or b:1) and not (c:1 or d:1)')).toEqual(
      and(or(match('a'), match('b')), not(or(match('c'), match('d')))),
    );
    expect(queryOf('not not a:1')).toEqual(not(not(match('a'))));
  });

  it('takes several values for one field', () => {
    expect(queryOf('p: (22 or 23 or not "a b")')).toEqual({
      bool: {
        should: [
          { match: { p: '22' } },
          { match: { p: '23' } },
          { bool: { must_not: { match_phrase: { p: 'a b' } } } },
        ],
        minimum_should_match: 1,
      },
    });
    expect(queryOf('tags: (a and b*)')).toEqual({
      bool: { filter: [{ match: { tags: 'a' } }, { query_string: { fields: ['tags'], query: 'b*' } }] },
    });
  });

  it('takes escaped characters and words for what they are', () => {
    expect(queryOf('a: x\\:y')).toEqual({ match: { a: 'x:y' } });
    expect(queryOf('a: this \\or that')).toEqual({ match: { a: 'this or that' } });
    expect(queryOf('a: "say \\"hi\\" \\\\ C:\\dir"')).toEqual({ match_phrase: { a: 'say "hi" \\ C:\\dir' } });
    expect(queryOf('a: \\u00e4\\tb')).toEqual({ match: { a: 'ä\tb' } });
    // Words are no parts of words.
    expect(queryOf('a: cannot orbit android')).toEqual({ match: { a: 'cannot orbit android' } });
    expect(queryOf('order: notes')).toEqual({ match: { order: 'notes' } });
  });

  it('asks for fields by the names that they have in the logs', () => {
    const names = { 'source.ip': 'src_addr' };
    expect(queryOf('not source.ip: 10.0.0.1 and source.port > 5', names)).toEqual({
      bool: {
        filter: [
          { bool: { must_not: { match: { src_addr: '10.0.0.1' } } } },
          { range: { 'source.port': { gt: '5' } } },
        ],
      },
    });
    expect(fieldsOfKql(parseKql('a: 1 and (b: (2 or 3) or not a > 4)'))).toEqual(['a', 'b']);
  });

  it.each([
    ['', 'column 1, at the end: expected a field'],
    ['fortinet', 'column 1, at "fortinet": expected a field and ":"'],
    ['event.module:', 'column 14, at the end: expected a value'],
    ['event.module: fortinet and', 'column 27, at the end: expected a field'],
    ['a: 1 b: 2', 'column 7, at ": 2": expected "and", "or" or the end'],
    ['(a: 1 or b: 2', 'column 14, at the end: expected "and", "or" or ")" for the "(" in column 1'],
    ['a: 1)', 'column 5, at ")": expected "and", "or" or the end'],
    ['a: "open', 'column 4, at ""open": expected a second quote'],
    ['a: >= 5', 'column 4, at ">= 5": expected a value after ":"; write a range as "a >= 5"'],
    ['a > 5*', 'column 5, at "5*": wildcards in ranges are not supported'],
    ['source.*: 5', 'column 1, at "source.*: 5": wildcards in field names are not supported'],
    ['a: { b: 1 }', 'column 4, at "{ b: 1 }": nested fields'],
    ['a: null', 'column 4, at "null": for a field that is missing write "not field: *"'],
    ['a: C:\\dir', 'column 5, at ":\\dir": expected "and", "or" or the end'],
    ['a: x\\y', 'column 5, at "\\y": expected a special character after "\\"'],
    ['a: 1 or or b: 2', 'column 9'],
    ['a: 1 and not', 'column 13, at the end: expected a field'],
    [
      'source.ip: "10.9.0.10 "',
      'column 12, at ""10.9.0.10 "": expected an address without blanks around it: "10.9.0.10"',
    ],
    ['source.ip: (" 10.9.0.0/16" or 10.1.1.1)', 'without blanks around it: "10.9.0.0/16"'],
    ['source.ip >= "fd00::1\t"', 'without blanks around it: "fd00::1"'],
  ])('says of %j where it is wrong and what would be right', (text, message) => {
    expect(() => parseKql(text)).toThrow(message);
  });

  it.each([
    ['brackets', '(', ')'],
    ['brackets of values', 'a: (', ')'],
    ['negations', 'not ', ''],
  ])('takes %s a hundred deep, and refuses more, however many, before the stack ends', (_, open, close) => {
    const nested = (depth: number): string => {
      const [field = '', sign = ''] = open.startsWith('a: ') ? ['a: ', open.slice(3)] : ['', open];
      return `${field}${sign.repeat(depth)}${field === '' ? 'a: 1' : '1'}${close.repeat(depth)}`;
    };
    expect(fieldsOfKql(parseKql(nested(100)))).toEqual(['a']);
    for (const depth of [101, 20_000, 1_000_000]) {
      expect(() => parseKql(nested(depth))).toThrow(
        /^column \d+, at .{5,30}: expected at most 100 brackets and "not" in each other$/,
      );
    }
  });

  it('takes any number of brackets beside each other', () => {
    expect(fieldsOfKql(parseKql(Array.from({ length: 5_000 }, () => '(not (a: 1))').join(' or ')))).toEqual([
      'a',
    ]);
  });
});
