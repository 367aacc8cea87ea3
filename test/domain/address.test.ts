import fc from 'fast-check';
import { canonicalAddress, spellingsOf } from '../../src/domain/address.js';

const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

/** The groups as somebody may write them: in any case, with or without leading zeros and a run left out. */
function spelled(parts: readonly number[], upper: boolean, padded: boolean, gap: number): string {
  const texts = parts.map((part) => part.toString(16).padStart(padded ? 4 : 1, '0'));
  let end = gap;
  while (end < 8 && parts[end] === 0) end++;
  const text =
    end === gap ? texts.join(':') : `${texts.slice(0, gap).join(':')}::${texts.slice(end).join(':')}`;
  return upper ? text.toUpperCase() : text;
}

describe('the canonical text of an address', () => {
  it.each([
    ['2001:0DB8:0000:0000:0000:0000:0000:0005', '2001:db8::5'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['::ffff:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['FE80::1%eth0', 'fe80::1%eth0'],
    ['fe80:0::1%eth1', 'fe80::1%eth1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['10.0.0.1', '10.0.0.1'],
    // None of these is an address; they stay as they are.
    ['web', 'web'],
    ['10:00:00', '10:00:00'],
    ['fe80::1%', 'fe80::1%'],
    ['CORP:bob', 'CORP:bob'],
    [`${'1:'.repeat(40)}:`, `${'1:'.repeat(40)}:`],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it('is the same for every spelling, and for itself', () => {
    const spelling = fc.tuple(fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 7 }));
    fc.assert(
      fc.property(groups, spelling, spelling, (parts, one, other) => {
        const canonical = canonicalAddress(spelled(parts, ...one));
        expect(canonicalAddress(spelled(parts, ...other))).toBe(canonical);
        expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });

  it('is among the spellings that a store is asked for', () => {
    expect(spellingsOf('2001:db8::5')).toEqual(
      expect.arrayContaining(['2001:db8::5', '2001:0db8:0000:0000:0000:0000:0000:0005', '2001:DB8::5']),
    );
    expect(spellingsOf('10.0.0.1')).toEqual(['10.0.0.1', '::ffff:10.0.0.1']);
    expect(spellingsOf('web')).toEqual(['web']);
  });
});
