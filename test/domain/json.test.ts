import fc from 'fast-check';
import { parseExact } from '../../src/domain/json.js';

describe('JSON with large integers', () => {
  it.each([
    ['{"flow_id":1805461738637437953}', { flow_id: '1805461738637437953' }],
    ['{"flow_id": 1805461738637437 }', { flow_id: 1805461738637437 }],
    [
      '[9007199254740991,9007199254740993,-9007199254740993]',
      [9007199254740991, '9007199254740993', '-9007199254740993'],
    ],
    [
      '{"a":"x, 1805461738637437953, y","b":1805461738637437953}',
      { a: 'x, 1805461738637437953, y', b: '1805461738637437953' },
    ],
    [
      '{"a":"\\",1805461738637437953,","b":[1805461738637437953]}',
      { a: '",1805461738637437953,', b: ['1805461738637437953'] },
    ],
    ['[0.12345678901234567,18054617386374379530]', [0.12345678901234567, '18054617386374379530']],
    [
      '[1e300,1805461738637437953.5,18054617386374379530]',
      [1e300, 1805461738637437953.5, '18054617386374379530'],
    ],
  ])('%s keeps their digits', (text, value) => {
    expect(parseExact(text)).toEqual(value);
  });

  it('is what JSON is where there are none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16}/.test(text));
        expect(parseExact(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('tells any two integers apart', () => {
    const integer = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const [first, second] = parseExact(`[${String(a)},${String(b)}]`) as unknown[];
        expect(String(first) === String(second)).toBe(a === b);
        expect(BigInt(first as string)).toBe(a);
      }),
    );
  });

  it('refuses what is no JSON', () => {
    expect(() => parseExact('{"a":1805461738637437953,')).toThrow(SyntaxError);
  });
});
