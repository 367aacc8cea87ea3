import { nearest } from '../../src/domain/nearest.js';

describe('the nearest known name', () => {
  const known = ['source.ip', 'source.port', 'destination.ip'];

  it.each([
    ['source.pi', 'source.ip'],
    ['Source.IP', 'source.ip'],
    ['sorce.prt', 'source.port'],
    ['user.name', undefined],
    [`source.ip${'x'.repeat(100)}`, undefined],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it('is no more slips away than asked for, and the first of the equally near', () => {
    expect(nearest('sorce.prt', known, 1)).toBeUndefined();
    expect(nearest('ab', ['ax', 'ay'])).toBe('ax');
  });
});
