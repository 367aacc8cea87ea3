import { Random } from '../../src/domain/random.js';
import { ATTACKS } from '../../src/simulate/attacks/catalogue.js';
import type { PlannedAttack } from '../../src/simulate/attacks/attack.js';
import { NO_ATTACKS, spread } from '../../src/simulate/attacks/plan.js';
import { Calendar } from '../../src/simulate/calendar.js';
import { DAY_MS, eventsOf, HOUR_MS, MONDAY, office, planned } from './office.js';

const calendar = new Calendar('UTC');

function listOf(days: number, attacks = ATTACKS): readonly PlannedAttack[] {
  return spread(attacks, MONDAY, days, calendar, new Random(1))(MONDAY, MONDAY + days * DAY_MS);
}

describe('attacks spread over days', () => {
  it('are all kinds on a single day, the loud ones where there are any', () => {
    const list = listOf(1);
    expect(list).toHaveLength(11);
    expect(new Set(list.map(({ attack }) => attack.kind)).size).toBe(11);
    expect(list.filter(({ attack }) => attack.loud)).toHaveLength(9);
  });

  it('are a few each day of a longer time, all of them in the end', () => {
    const list = listOf(10);
    const perDay = Array.from({ length: 10 }, (_, day) => {
      const from = MONDAY + day * DAY_MS;
      return list.filter(({ startMs }) => startMs >= from && startMs < from + DAY_MS).length;
    });
    expect(Math.min(...perDay)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...perDay)).toBeLessThanOrEqual(4);
    expect(new Set(list.map(({ attack }) => attack.name)).size).toBe(ATTACKS.length);
  });

  it('begin at hours that suit them', () => {
    for (const { attack, startMs } of listOf(10)) {
      const hour = ((startMs - MONDAY) % DAY_MS) / HOUR_MS;
      const suits =
        (hour >= attack.from && hour < attack.to) ||
        (hour + 24 >= attack.from && hour + 24 < attack.to) ||
        startMs >= MONDAY + 10 * DAY_MS - HOUR_MS;
      expect([attack.name, hour, suits]).toEqual([attack.name, hour, true]);
    }
  });

  it('are found by any part of the time, each once', () => {
    const plan = planned(ATTACKS, 5);
    const parts = Array.from({ length: 40 }, (_, i) =>
      plan(MONDAY + 3 * i * HOUR_MS, MONDAY + 3 * (i + 1) * HOUR_MS),
    );
    expect(parts.flat()).toEqual(plan(MONDAY, MONDAY + 5 * DAY_MS));
  });

  it('are none where none are wanted', () => {
    expect(spread([], MONDAY, 3, calendar, new Random(1))).toBe(NO_ATTACKS);
    expect(office().truth(MONDAY, MONDAY + DAY_MS)).toEqual([]);
  });

  it('fit into a few hours', () => {
    for (const { startMs } of listOf(0.25)) {
      expect(startMs).toBeGreaterThanOrEqual(MONDAY);
      expect(startMs).toBeLessThan(MONDAY + 0.25 * DAY_MS);
    }
  });
});

it('the truth of a part counts the records of that part', () => {
  const simulation = office({ plan: planned(ATTACKS) });
  const noon = MONDAY + 12 * HOUR_MS;
  for (const [from, to] of [
    [MONDAY, noon],
    [noon, MONDAY + DAY_MS],
  ] as const) {
    const events = eventsOf(simulation, from, to);
    const counts = new Map<string, number>();
    for (const { attack } of events) counts.set(attack, (counts.get(attack) ?? 0) + 1);
    counts.delete('');
    expect(new Map(simulation.truth(from, to).map((attack) => [attack.id, attack.events]))).toEqual(counts);
  }
});

describe('local time', () => {
  const berlin = new Calendar('Europe/Berlin');

  it('knows summer time', () => {
    const winter = berlin.dayOf(Date.UTC(2026, 0, 12, 12));
    const summer = berlin.dayOf(Date.UTC(2026, 6, 12, 12));
    expect(berlin.momentOf(winter, 9.5)).toBe(Date.UTC(2026, 0, 12, 8, 30));
    expect(berlin.momentOf(summer, 9.5)).toBe(Date.UTC(2026, 6, 12, 7, 30));
  });

  it('finds its way around the change of the clocks', () => {
    for (const [month, date] of [
      [2, 29],
      [9, 25],
    ] as const) {
      const day = berlin.dayOf(Date.UTC(2026, month, date, 12));
      for (const hour of [0.5, 6, 12, 23.5]) {
        const moment = berlin.momentOf(day, hour);
        const { from } = berlin.hour(Math.floor(moment / HOUR_MS));
        expect(from + (moment % HOUR_MS) / HOUR_MS).toBe(hour);
        expect(berlin.dayOf(moment)).toBe(day);
      }
    }
  });

  it('knows zones off the full hour', () => {
    const kolkata = new Calendar('Asia/Kolkata');
    expect(kolkata.hour(MONDAY / HOUR_MS)).toMatchObject({ weekday: 1, from: 5.5 });
  });
});
