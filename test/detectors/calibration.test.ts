import fc from 'fast-check';
import { RankCalibration } from '../../src/detectors/calibration.js';

const score = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
const heldBack = fc.array(score, { minLength: 1, maxLength: 200 }).map((scores) => Float64Array.from(scores));
const anyScore = fc.double({ noNaN: true });

describe('RankCalibration', () => {
  test('gives the share of held-back scores at least as high', () => {
    fc.assert(
      fc.property(heldBack, (scores) => {
        const calibration = RankCalibration.fit(scores);
        for (const raw of scores) {
          const higher = scores.filter((other) => other >= raw).length;
          expect(calibration.tail(raw)).toBeCloseTo((1 + higher) / (1 + scores.length), 12);
        }
      }),
    );
  });

  test('is a probability, and never rises with the score', () => {
    fc.assert(
      fc.property(heldBack, anyScore, anyScore, (scores, a, b) => {
        const calibration = RankCalibration.fit(scores);
        const low = calibration.tail(Math.min(a, b));
        const high = calibration.tail(Math.max(a, b));
        expect(high).toBeGreaterThan(0);
        expect(low).toBeLessThanOrEqual(1);
        expect(high).toBeLessThanOrEqual(low);
      }),
    );
  });

  test('keeps the order of scores above all that were held back', () => {
    const calibration = RankCalibration.fit(Float64Array.of(0.4, 0.5, 0.45));
    expect(calibration.resolution).toBe(1 / 4);
    expect(calibration.tail(0.6)).toBeLessThan(calibration.resolution);
    expect(calibration.tail(0.7)).toBeLessThan(calibration.tail(0.6));
  });

  test('is exact in the tail of many scores and close below it, in little memory', () => {
    const count = 100_000;
    const calibration = RankCalibration.fit(Float64Array.from({ length: count }, (_, i) => i));
    for (const rank of [1, 10, 1000]) {
      expect(calibration.tail(count - rank)).toBeCloseTo((1 + rank) / (1 + count), 12);
    }
    for (const rank of [2000, 50_000, 99_999]) {
      const exact = (1 + rank) / (1 + count);
      const tail = calibration.tail(count - rank);
      expect(tail).toBeLessThanOrEqual(exact);
      expect(tail).toBeGreaterThan(exact - 1 / 512);
    }
    expect(JSON.stringify(calibration.toSnapshot()).length).toBeLessThan(40_000);
  });

  test('finds nothing strange where nothing was held back', () => {
    expect(RankCalibration.fit(new Float64Array(0)).tail(5)).toBe(1);
  });

  test('is the same after saving and loading', () => {
    fc.assert(
      fc.property(heldBack, anyScore, (scores, raw) => {
        const calibration = RankCalibration.fit(scores);
        const text = JSON.stringify(calibration.toSnapshot());
        const loaded = RankCalibration.fromSnapshot(
          JSON.parse(text) as ReturnType<typeof calibration.toSnapshot>,
        );
        expect(loaded.tail(raw)).toBe(calibration.tail(raw));
      }),
    );
  });
});
