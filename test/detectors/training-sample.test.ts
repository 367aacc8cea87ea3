import fc from 'fast-check';
import { TrainingSample } from '../../src/detectors/training-sample.js';
import type { FeatureMatrix } from '../../src/domain/matrix.js';
import { FEATURES, matrixOf, ordinaryRows, pickRows } from './matrices.js';

const HOSTS = 10;
const WINDOWS = 30;
const history = matrixOf(ordinaryRows(HOSTS * WINDOWS, 5), HOSTS);
const windows = Array.from({ length: WINDOWS }, (_, window) =>
  pickRows(
    history,
    Array.from({ length: HOSTS }, (_row, host) => window * HOSTS + host),
  ),
);

function sampled(matrices: readonly FeatureMatrix[], maxRows: number): TrainingSample {
  const sample = new TrainingSample('host', 'default', FEATURES, maxRows);
  matrices.forEach((matrix) => {
    sample.add(matrix);
  });
  return sample;
}

describe('TrainingSample', () => {
  test('keeps everything while there is room', () => {
    const sample = sampled(windows, 1000);
    expect(sample.seen).toBe(HOSTS * WINDOWS);
    const matrix = sample.matrix(() => true);
    expect(matrix.entities).toHaveLength(HOSTS * WINDOWS);
    expect([...matrix.values].sort()).toEqual([...history.values].sort());
  });

  test('keeps the same bounded rows in whatever order windows and rows come', () => {
    const expected = sampled(windows, 100).matrix(() => true);
    expect(expected.entities.length).toBeLessThanOrEqual(100);
    expect(expected.entities.length).toBeGreaterThan(30);
    const shuffled = fc.shuffledSubarray(windows, { minLength: WINDOWS });
    fc.assert(
      fc.property(shuffled, fc.nat(HOSTS - 1), (order, turn) => {
        const turned = order.map((matrix) =>
          pickRows(
            matrix,
            matrix.entities.map((_, row) => (row + turn) % HOSTS),
          ),
        );
        expect(sampled(turned, 100).matrix(() => true)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('answers with the windows that are asked for, each row with its own values', () => {
    const wanted = windows[3]!.windows[0]!.start;
    const matrix = sampled(windows, 1000).matrix(({ start }) => start === wanted);
    expect(matrix.entities).toHaveLength(HOSTS);
    matrix.entities.forEach(({ id }, row) => {
      const original = windows[3]!.entities.findIndex((entity) => entity.id === id);
      expect(pickRows(matrix, [row])).toEqual(pickRows(windows[3]!, [original]));
    });
  });
});
