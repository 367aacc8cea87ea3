import fc from 'fast-check';
import { columnMedians, fillMissing, medianOf, signedExp, signedLog } from '../../src/detectors/scaling.js';

describe('signedLog', () => {
  test('is odd, rises, and is turned back by signedExp', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(signedLog(-value)).toBe(-signedLog(value));
        const back = signedExp(signedLog(value));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-12 * Math.max(1e-20, Math.abs(value)));
      }),
    );
    expect(signedLog(1000)).toBeGreaterThan(signedLog(999));
  });
});

describe('medianOf', () => {
  test('is the middle value, or the mean of the two in the middle', () => {
    expect(medianOf(Float32Array.of(9, 1, 5))).toBe(5);
    expect(medianOf(Float32Array.of(9, 1, 5, 6))).toBe(5.5);
    expect(medianOf(new Float32Array(0))).toBe(0);
  });
});

describe('missing values', () => {
  const values = Float32Array.of(1, NaN, NaN, 7, NaN, 3, 5, NaN, 4);

  test('have no part in the medians; a column without any value has 0', () => {
    expect([...columnMedians(values, 3)]).toEqual([5, 0, 3.5]);
  });

  test('are filled with the medians, the rest stays', () => {
    const filled = new Float32Array(6);
    const medians = Float32Array.of(5, -1, 3.5);
    fillMissing(values, 1, medians, filled, 1);
    fillMissing(values, 2, medians, filled, 0);
    expect([...filled]).toEqual([5, -1, 4, 7, -1, 3]);
  });
});
