import { documentId } from '../../src/simulate/formats/record.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import type { Role } from '../../src/simulate/network.js';
import { DAY_MS, eventsOf, HOSTS, HOUR_MS, MONDAY, office, textOf } from './office.js';

const MINUTE_MS = 60_000;

describe('the same options', () => {
  const fromMs = MONDAY + 8.5 * HOUR_MS;
  const whole = eventsOf(office(), fromMs, fromMs + 3 * HOUR_MS);
  const firstHour = textOf(whole.filter(({ endMs }) => endMs < fromMs + HOUR_MS));

  it('give the same events, another seed other ones', () => {
    expect(whole.length).toBeGreaterThan(2_000);
    expect(textOf(eventsOf(office(), fromMs, fromMs + 3 * HOUR_MS)) === textOf(whole)).toBe(true);
    const other = eventsOf(office({ seed: 6 }), fromMs, fromMs + 3 * HOUR_MS);
    expect(other.slice(0, 50)).not.toEqual(whole.slice(0, 50));
  });

  it('give the same events in whatever pieces they are asked for', () => {
    const live = office();
    const pieces: SimulatedEvent[] = [];
    for (let at = fromMs; at < fromMs + 3 * HOUR_MS; at += 7 * MINUTE_MS) {
      pieces.push(...eventsOf(live, at, Math.min(at + 7 * MINUTE_MS, fromMs + 3 * HOUR_MS)));
    }
    expect(textOf(pieces) === textOf(whole)).toBe(true);
  });

  it('give the same events whether the hours before were asked for or not', () => {
    const longer = eventsOf(office(), fromMs - 9 * HOUR_MS, fromMs + HOUR_MS);
    expect(textOf(longer.filter(({ endMs }) => endMs >= fromMs)) === firstHour).toBe(true);
  });

  it('give the same events after looking somewhere else', () => {
    const simulation = office();
    eventsOf(simulation, fromMs + 20 * HOUR_MS, fromMs + 21 * HOUR_MS);
    expect(textOf(eventsOf(simulation, fromMs, fromMs + HOUR_MS)) === firstHour).toBe(true);
  });
});

describe('a week of the office', () => {
  const simulation = office();
  const week = eventsOf(simulation, MONDAY, MONDAY + 7 * DAY_MS);
  const roles = new Map(simulation.network.hosts.map(({ address, role }) => [address, role]));

  /** Flows that a role opens in some hours of some days; Monday is day 0. */
  function flowsOf(role: Role, days: [from: number, to: number], hours: [from: number, to: number]): number {
    return week.filter(({ kind, source, startMs }) => {
      const day = Math.floor((startMs - MONDAY) / DAY_MS);
      const hour = ((startMs - MONDAY) % DAY_MS) / HOUR_MS;
      return (
        kind === 'flow' &&
        roles.get(source) === role &&
        day >= days[0] &&
        day < days[1] &&
        hour >= hours[0] &&
        hour < hours[1]
      );
    }).length;
  }

  it('comes in order, within what was asked for', () => {
    expect(week.every(({ endMs }, i) => i === 0 || week[i - 1]!.endMs <= endMs)).toBe(true);
    expect(week[0]!.endMs).toBeGreaterThanOrEqual(MONDAY);
    expect(week.at(-1)!.endMs).toBeLessThan(MONDAY + 7 * DAY_MS);
    expect(week.every(({ startMs, endMs }) => startMs <= endMs)).toBe(true);
  });

  it('has about as much traffic as an office, and fails as often', () => {
    const perHostAndDay = week.length / 7 / HOSTS;
    expect(perHostAndDay).toBeGreaterThan(500);
    expect(perHostAndDay).toBeLessThan(2_500);
    const flows = week.filter(({ kind }) => kind === 'flow');
    const failed = flows.filter(({ state }) => state === 'S0' || state === 'REJ');
    expect(failed.length / flows.length).toBeGreaterThan(0.01);
    expect(failed.length / flows.length).toBeLessThan(0.12);
  });

  it('has records of all kinds and hosts of all roles', () => {
    expect(new Set(week.map(({ kind }) => kind))).toEqual(
      new Set(['flow', 'dns', 'http', 'tls', 'ssh', 'rdp', 'kerberos']),
    );
    const quiet = new Set(['vpn']);
    for (const role of new Set(roles.values())) {
      if (!quiet.has(role)) expect([role, flowsOf(role, [0, 7], [0, 24])]).not.toEqual([role, 0]);
    }
  });

  it('works by day and rests by night and on weekends', () => {
    const day = flowsOf('client', [0, 5], [9, 12]) / 15;
    expect(flowsOf('client', [0, 5], [1, 4]) / 15).toBeLessThan(day / 3);
    expect(flowsOf('client', [5, 7], [9, 12]) / 6).toBeLessThan(day / 3);
  });

  it('keeps the pace of devices day and night', () => {
    const day = flowsOf('sensor', [0, 5], [8, 20]) / 60;
    expect(flowsOf('sensor', [0, 5], [20, 24]) / 20 / day).toBeCloseTo(1, 0);
    expect(flowsOf('sensor', [5, 7], [8, 20]) / 24 / day).toBeCloseTo(1, 0);
  });

  it('saves its servers at night, and all there is on Sundays', () => {
    const saved = (day: number): number =>
      week
        .filter(({ destinationPort, startMs }) => {
          const night = startMs - MONDAY - day * DAY_MS;
          return destinationPort === 10_080 && night >= 22 * HOUR_MS && night < 27 * HOUR_MS;
        })
        .reduce((sum, { destinationBytes }) => sum + destinationBytes, 0);
    expect(saved(1)).toBeGreaterThan(1e9);
    // Sunday's second half lies in the week after.
    expect(saved(6)).toBeGreaterThan(5 * saved(1));
    expect(week.filter(({ destinationPort }) => destinationPort === 10_080).length).toBeGreaterThan(50);
    expect(
      week.filter(({ destinationPort, startMs }) => {
        const hour = ((startMs - MONDAY) % DAY_MS) / HOUR_MS;
        return destinationPort === 10_080 && hour > 4 && hour < 21.9;
      }),
    ).toEqual([]);
  });

  it('names each connection, and each record of it, by itself', () => {
    const flows = week.filter(({ kind }) => kind === 'flow');
    expect(new Set(flows.map(({ idHigh, idLow }) => `${String(idHigh)} ${String(idLow)}`)).size).toBe(
      flows.length,
    );
    expect(new Set(week.map(documentId)).size).toBe(week.length);
  });

  it('does not depend on the zone but for the hour of the day', () => {
    const early = eventsOf(office({ timeZone: 'Asia/Tokyo' }), MONDAY, MONDAY + 3 * HOUR_MS);
    const late = eventsOf(office({ timeZone: 'America/New_York' }), MONDAY, MONDAY + 3 * HOUR_MS);
    expect(early.length).toBeGreaterThan(2 * late.length);
  });
});

it('grows with hosts and rate', () => {
  const count = (hosts: number, rate: number): number =>
    eventsOf(office({ hosts, rate }), MONDAY + 9 * HOUR_MS, MONDAY + 11 * HOUR_MS).length;
  const usual = count(HOSTS, 1);
  expect(count(4 * HOSTS, 1) / usual).toBeGreaterThan(2.5);
  expect(count(HOSTS, 3) / usual).toBeGreaterThan(1.8);
});
