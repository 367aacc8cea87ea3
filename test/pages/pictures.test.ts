import fc from 'fast-check';
import { contributionChart, scaleOf, usualText } from '../../src/api/pages/contribution-chart.js';
import { scoreText } from '../../src/api/pages/overview-page.js';
import { recordText } from '../../src/api/pages/raw-events.js';
import { summaryOf } from '../../src/api/pages/record-summary.js';
import { sparkline } from '../../src/api/pages/sparkline.js';
import { agoText, durationText, windowUtcText } from '../../src/api/pages/time-text.js';
import type { Contribution } from '../../src/domain/anomaly.js';

const quantity = fc.double({ min: 0, max: 1e15, noNaN: true });
const contribution = (actual: number, typical: number | null, upper: number | null): Contribution => ({
  feature: 'connections',
  label: 'connections made',
  unit: 'count',
  actual,
  typical,
  upper,
  share: 0.5,
});

describe('scale of a feature', () => {
  it('keeps order and stays within the picture, linear or logarithmic', () => {
    fc.assert(
      fc.property(quantity, quantity, quantity, fc.boolean(), (actual, typical, upper, mayBeLogarithmic) => {
        const scale = scaleOf(contribution(actual, typical, upper), mayBeLogarithmic);
        const [low, middle, high] = [actual, typical, upper].sort((a, b) => a - b).map(scale.position) as [
          number,
          number,
          number,
        ];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(middle);
        expect(middle).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(100);
        const places = scale.ticks.map(scale.position);
        for (const [at, place] of places.entries()) {
          expect(Number.isFinite(place)).toBe(true);
          if (at > 0) expect(place - places[at - 1]!).toBeGreaterThanOrEqual(12);
        }
      }),
    );
  });

  it('is logarithmic only where a linear bar would hide what is usual', () => {
    expect(scaleOf(contribution(812, 3, 9), true).logarithmic).toBe(true);
    expect(scaleOf(contribution(812, 3, 9), false).logarithmic).toBe(false);
    expect(scaleOf(contribution(30, 3, 9), true).logarithmic).toBe(false);
  });

  it('draws what is missing, zero or infinite as nothing rather than NaN', () => {
    for (const odd of [
      contribution(0, 0, 0),
      contribution(5, null, null),
      contribution(NaN, Infinity, NaN),
      contribution(0, 10, 20),
    ]) {
      const { text } = contributionChart([odd], { connections: { logarithmic: true } });
      expect(text).not.toMatch(/(x|x1|x2|width)="(NaN|-|Infinity)/);
    }
  });

  it('does not look names up in the prototype', () => {
    const odd = { ...contribution(1, 1, 1), feature: '__proto__' };
    expect(contributionChart([odd], {}).text).toContain('connections made');
  });
});

describe('words', () => {
  it.each([
    [contribution(812, 3, 9), 'usually 3, up to 9 · 271×'],
    [contribution(4, 3, 3), 'usually 3'],
    [contribution(5, 0, 0), 'usually 0'],
    [contribution(5, null, null), 'nothing to compare with'],
  ])('of what is usual', (given, words) => {
    expect(usualText(given)).toBe(words);
  });

  it.each([
    [0, '0 s'],
    [59_499, '59 s'],
    [60_000, '1 min'],
    [35 * 60_000, '35 min'],
    [125 * 60_000, '2 h 5 min'],
    [26 * 3_600_000, '26 h'],
    [72 * 3_600_000, '3 days'],
  ])('of a duration of %i ms', (ms, words) => {
    expect(durationText(ms)).toBe(words);
  });

  it('of the past and of windows over midnight', () => {
    expect(agoText(1000, 2000)).toBe('just now');
    expect(agoText(0, 180_000)).toBe('3 min ago');
    expect(windowUtcText({ start: Date.UTC(2026, 0, 1, 1), end: Date.UTC(2026, 0, 1, 1, 5) })).toBe(
      '2026-01-01 01:00–01:05 UTC',
    );
    expect(windowUtcText({ start: Date.UTC(2026, 0, 1, 23, 55), end: Date.UTC(2026, 0, 2) })).toBe(
      '2026-01-01 23:55–2026-01-02 00:00 UTC',
    );
  });

  it('of a score never claim more than it is', () => {
    expect(scoreText(0.99996)).toBe('0.999');
    expect(scoreText(1)).toBe('1.000');
  });
});

describe('sparkline', () => {
  it('keeps the highest grade of each slice and leaves out what lies beyond the range', () => {
    const range = { start: 0, end: 60_000 };
    const at = (start: number, grade: number) => ({ start, grade, severity: 'low' as const });
    const { text } = sparkline([at(0, 0.1), at(1, 1), at(30_000, 0), at(-1, 1), at(60_000, 1)], range);
    expect(text.match(/<rect/g)).toHaveLength(2);
    expect(text).toContain('y="0.0"');
  });
});

describe('raw events', () => {
  it.each([
    [
      'Zeek',
      {
        ts: 1,
        uid: 'C1',
        'id.orig_h': '10.0.0.1',
        'id.orig_p': 5123,
        'id.resp_h': '10.0.0.2',
        'id.resp_p': 445,
        proto: 'tcp',
        conn_state: 'REJ',
        nested: { a: [1, 2], empty: '', none: null },
      },
      '10.0.0.1:5123 → 10.0.0.2:445 tcp · conn_state REJ · nested.a 1, 2',
    ],
    [
      'ECS',
      {
        '@timestamp': '2026-11-24T10:00:00Z',
        event: { kind: 'event', category: ['network'], outcome: 'failure' },
        source: { ip: 'fe80::1', port: 1 },
        destination: { ip: 'fe80::2' },
        dns: { question: { name: 'a.example', type: 'TXT' } },
        tags: ['x'],
      },
      'fe80::1:1 → fe80::2 · event.outcome failure · dns.question.name a.example · dns.question.type TXT',
    ],
    [
      'EVE',
      { src_ip: '10.0.0.1', dest_ip: '10.0.0.2', dest_port: 80, alert: { signature: 'ET SCAN', rev: 3 } },
      '10.0.0.1 → 10.0.0.2:80 · alert.signature ET SCAN · alert.rev 3',
    ],
    ['a text', 'sshd[1]: Failed password', 'sshd[1]: Failed password'],
    ['nothing', null, ''],
  ])('of %s are summarized by who talked to whom and what tells most', (_format, record, line) => {
    expect(summaryOf(record)).toBe(line);
  });

  it('have one short line each, whatever they hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (record) => {
        const line = summaryOf(record);
        expect(line.length).toBeLessThanOrEqual(300);
      }),
    );
  });

  it('are cut where they are endless', () => {
    expect(recordText({ a: 'x'.repeat(50_000) })).toMatch(/… \d+ characters more$/);
  });
});
