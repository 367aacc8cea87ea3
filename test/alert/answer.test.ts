import { resultOfAnswer, retryAfterMs } from '../../src/alert/answer.js';
import { NOW_MS } from './episode.js';

describe('resultOfAnswer', () => {
  const statuses = Array.from({ length: 500 }, (_, i) => 100 + i);

  it('takes 2xx, and nothing else, for success', () => {
    const accepted = statuses.filter((status) => resultOfAnswer(status, undefined, NOW_MS).ok);
    expect([accepted[0], accepted.at(-1), accepted.length]).toEqual([200, 299, 100]);
  });

  it('finds 408, 429 and 5xx worth another attempt', () => {
    const retried = statuses.filter((status) => resultOfAnswer(status, undefined, NOW_MS).retryable);
    expect(retried).toEqual([408, 429, ...statuses.filter((status) => status >= 500)]);
  });

  it('passes on how long the receiver wants to be left alone, where another attempt makes sense', () => {
    expect(resultOfAnswer(429, '30', NOW_MS)).toEqual({
      ok: false,
      retryable: true,
      retryAfterMs: 30_000,
      detail: 'HTTP 429',
    });
    expect(resultOfAnswer(410, '30', NOW_MS)).toEqual({ ok: false, retryable: false, detail: 'HTTP 410' });
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    [' 120 ', 120_000],
    ['Mon, 23 Nov 2026 02:11:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 02:09:00 GMT', 0],
    ['soon', undefined],
    ['-5 minutes', undefined],
    ['', undefined],
    [undefined, undefined],
    [['1', '2'], undefined],
  ])('%j is %j', (header, expected) => {
    expect(retryAfterMs(header, NOW_MS)).toBe(expected);
  });
});
