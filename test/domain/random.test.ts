import fc from 'fast-check';
import { Dictionary } from '../../src/domain/dictionary.js';
import { duration } from '../../src/domain/duration.js';
import { hash32, stableId } from '../../src/domain/hash.js';
import { Random } from '../../src/domain/random.js';
import { decode, encode } from '../../src/domain/typed-arrays.js';
import { windowOf, windowsBetween } from '../../src/domain/window.js';

const draw = (random: Random): number[] => Array.from({ length: 50 }, () => random.next());

describe('Random', () => {
  it('repeats with its seed, and derived streams do not depend on what was drawn', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(20), (seed, key, drawn) => {
        const one = new Random(seed);
        const other = new Random(seed);
        for (let i = 0; i < drawn; i++) other.next();
        expect(draw(one.derive(key))).toEqual(draw(other.derive(key)));
        expect(draw(new Random(seed))).toEqual(draw(new Random(seed)));
      }),
    );
  });

  it('is uniform, normal and exponential to within sampling error', () => {
    const random = new Random(3);
    const n = 20_000;
    const mean = (value: () => number): number =>
      Array.from({ length: n }, value).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => random.next())).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.exponential(3)) / 3).toBeCloseTo(1, 1);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) counts[random.int(7)]!++;
    for (const count of counts) expect(Math.abs(count - n / 7)).toBeLessThan(n / 50);
  });
});

describe('hashes', () => {
  it('keep the borders of parts', () => {
    expect(stableId('ab', 'c')).not.toBe(stableId('a', 'bc'));
    expect(stableId('job', 'site')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('spread over 32 bits', () => {
    const seen = new Set(
      Array.from({ length: 20_000 }, (_, i) => hash32(`10.0.${String(i >> 8)}.${String(i & 255)}`)),
    );
    expect(seen.size).toBeGreaterThan(19_990);
  });
});

describe('Dictionary', () => {
  it('gives dense ids and hashes that hold across dictionaries', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (words) => {
        const one = new Dictionary();
        const other = new Dictionary();
        words.forEach((word) => one.intern(word));
        [...words].reverse().forEach((word) => other.intern(word));
        for (const word of words) {
          expect(one.value(one.find(word))).toBe(word);
          expect(one.hashes().a[one.find(word)]).toBe(other.hashes().a[other.find(word)]);
          expect(one.hashes().b[one.find(word)]).toBe(other.hashes().b[other.find(word)]);
        }
        expect(one.size).toBe(new Set(words).size + 1);
        expect(one.intern('')).toBe(0);
      }),
    );
  });
});

describe('typed arrays', () => {
  it('survive the way through text', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        expect(decode(encode(Float64Array.from(values)), Float64Array)).toEqual(Float64Array.from(values));
      }),
    );
  });
});

describe('windows', () => {
  it('are aligned, half open and without gaps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 1e7 }), (time, length) => {
        const window = windowOf(time, length);
        expect(window.start).toBeLessThanOrEqual(time);
        expect(window.end).toBeGreaterThan(time);
        expect(window.start % length).toBe(0);
      }),
    );
    const between = [...windowsBetween(250, 900, 300)];
    expect(between).toEqual([
      { start: 0, end: 300 },
      { start: 300, end: 600 },
      { start: 600, end: 900 },
    ]);
  });
});

describe('duration', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['10ms', 10],
  ])('%s', (text, ms) => {
    expect(duration().parse(text)).toBe(ms);
  });

  it.each(['5', 'm', '-5m', '5 weeks', ''])('refuses %j', (text) => {
    expect(duration().safeParse(text).success).toBe(false);
  });
});
