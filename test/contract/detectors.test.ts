/**
 * What every detector keeps to. A new one joins with a line in DETECTORS.
 */
import fc from 'fast-check';
import { BaselineDetector, FittedBaseline } from '../../src/detectors/baseline.js';
import type { Detector, DetectorSnapshot, FittedDetector } from '../../src/detectors/detector.js';
import { FittedIsolationForest, IsolationForest } from '../../src/detectors/isolation-forest.js';
import { anyRows, logarithmic, matrixOf, ordinaryRows, pickRows } from '../detectors/matrices.js';

type Load = (snapshot: DetectorSnapshot) => FittedDetector;

const DETECTORS: readonly (readonly [Detector, Load])[] = [
  [
    new IsolationForest({ trees: 25, sampleSize: 64 }, logarithmic),
    (s) => FittedIsolationForest.fromSnapshot(s),
  ],
  [new BaselineDetector({ minWindows: 8 }, logarithmic), (s) => FittedBaseline.fromSnapshot(s)],
];

const ordinary = matrixOf(ordinaryRows(400, 1));
const fresh = matrixOf(ordinaryRows(1100, 2), 25);
const text = (value: unknown): string => JSON.stringify(value);
const reload = (fitted: FittedDetector, load: Load): FittedDetector =>
  load(JSON.parse(text(fitted.toSnapshot())) as DetectorSnapshot);

describe.each(DETECTORS.map(([detector, load]) => ({ name: detector.name, detector, load })))(
  'detector $name',
  ({ name, detector, load }) => {
    const fitted = detector.fit(ordinary, 7);

    test('learns the same model from the same rows and seed', () => {
      expect(detector.fit(ordinary, 7).toSnapshot()).toEqual(fitted.toSnapshot());
    });

    test('scores higher what is stranger', () => {
      const [usual, strange] = fitted.score(
        matrixOf([
          [22_000, 14, 0.1],
          [5e9, 4000, 1],
        ]),
      );
      expect(strange).toBeGreaterThan(usual!);
    });

    test('scores a row alike in any order and any company', () => {
      const scores = fitted.score(fresh);
      const order = [...scores.keys()].sort((a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009));
      expect([...fitted.score(pickRows(fresh, order))]).toEqual(order.map((row) => scores[row]));
      for (const row of [0, 513, 1099]) {
        expect([...fitted.score(pickRows(fresh, [row]))]).toEqual([scores[row]]);
      }
      const some = [7, 1099, 0, 7, 512];
      expect([...fitted.score(fresh, Int32Array.from(some))]).toEqual(some.map((row) => scores[row]));
    });

    test('is the same after saving and loading', () => {
      const loaded = reload(fitted, load);
      expect(loaded.name).toBe(name);
      expect(loaded.toSnapshot()).toEqual(fitted.toSnapshot());
      expect([...loaded.score(fresh)]).toEqual([...fitted.score(fresh)]);
      expect(loaded.explain(fresh, 3)).toEqual(fitted.explain(fresh, 3));
    });

    test('refuses a snapshot of another type or version', () => {
      const snapshot = fitted.toSnapshot();
      expect(() => load({ ...snapshot, version: snapshot.version + 1 })).toThrow(RangeError);
      expect(() => load({ ...snapshot, type: 'palm_reading' })).toThrow(/palm_reading of version \d/);
    });

    test('takes a score apart: the parts add up, and the score rises with the total', () => {
      const scores = fitted.score(fresh);
      const totals = [...scores.keys()].map((row) => {
        const { bias, parts, total } = fitted.explain(fresh, row);
        expect(parts).toHaveLength(fresh.features.length);
        expect(parts.reduce((sum, part) => sum + part, bias)).toBeCloseTo(total, 4);
        return total;
      });
      const byTotal = [...scores.keys()].sort((a, b) => totals[a]! - totals[b]!);
      const risen = byTotal.map((row) => scores[row]!);
      for (let i = 1; i < risen.length; i++) expect(risen[i]!).toBeGreaterThanOrEqual(risen[i - 1]! - 1e-6);
    });

    test('learns from anything and scores anything, without touching it', () => {
      fc.assert(
        fc.property(anyRows(1), anyRows(0), (history, rows) => {
          const learn = matrixOf(history);
          const matrix = matrixOf(rows);
          const before = [learn.values.slice(), matrix.values.slice()];
          const model = detector.fit(learn, 1);
          const scores = model.score(matrix);
          expect(scores).toHaveLength(rows.length);
          expect(scores.every(Number.isFinite)).toBe(true);
          rows.forEach((_, row) => {
            expect([...model.explain(matrix, row).parts].every(Number.isFinite)).toBe(true);
          });
          expect([...reload(model, load).score(matrix)]).toEqual([...scores]);
          expect([learn.values, matrix.values]).toEqual(before);
        }),
      );
    });

    test('finds nothing strange in columns that never vary', () => {
      const constant = matrixOf(Array.from({ length: 40 }, () => [5, NaN, 0]));
      const scores = detector.fit(constant, 1).score(constant);
      expect(new Set(scores).size).toBe(1);
    });

    test('has nothing to learn from no rows', () => {
      expect(() => detector.fit(matrixOf([]), 1)).toThrow(RangeError);
    });

    test('a model does not grow with the rows it learned from', () => {
      const size = (rows: number): number =>
        text(detector.fit(matrixOf(ordinaryRows(rows, 3)), 1).toSnapshot()).length;
      expect(size(8000)).toBeLessThanOrEqual(size(800) * 1.05);
    });
  },
);
