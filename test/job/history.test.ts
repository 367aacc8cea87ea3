import type { WindowCount } from '../../src/collect/ports.js';
import { windowOf } from '../../src/domain/window.js';
import { beginOfHistory } from '../../src/job/history.js';

const HOUR = 3_600_000;

const count = (hour: number, total: number): WindowCount => ({
  window: windowOf(hour * HOUR, HOUR),
  bySource: { conn: total },
  total,
});

/** Hour at which history begins. */
function begin(counts: readonly WindowCount[], start: number, end: number): number {
  return beginOfHistory(counts, { start: start * HOUR, end: end * HOUR }) / HOUR;
}

describe('the begin of history', () => {
  const day = Array.from({ length: 24 }, (_, hour) => count(1000 + hour, 200));

  it('is the first document of a log as logs are', () => {
    expect(begin(day, 1000, 1024)).toBe(1000);
    expect(begin([count(1000, 5), count(1023, 5)], 1000, 1024)).toBe(1000);
  });

  it('leaves out what lies far before all else, here and there', () => {
    expect(begin([count(3, 1), ...day], 0, 1024)).toBe(1000);
    expect(begin([count(3, 1), count(400, 1), count(800, 2), ...day], 0, 1024)).toBe(1000);
  });

  it('keeps what is more than a thousandth', () => {
    expect(begin([count(3, 6), ...day], 0, 1024)).toBe(0);
  });

  it('is the begin of the range where there is nothing', () => {
    expect(begin([], 7, 9)).toBe(7);
  });
});
