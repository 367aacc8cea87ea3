import { DEMO_HISTORY_MS, demoSimulation } from '../../src/simulate/demo.js';
import { DAY_MS, eventsOf, HOUR_MS, MONDAY } from './office.js';

const MINUTE_MS = 60_000;
/** Friday evening: no ten days hold more work. */
const NOW_MS = MONDAY + 4 * DAY_MS + 19.3 * HOUR_MS;
const demo = demoSimulation(NOW_MS);

it('has ten days of history that a first look can wait for', () => {
  let count = 0;
  let lastMs = 0;
  for (const events of demo.eventsBetween(NOW_MS - DEMO_HISTORY_MS, NOW_MS)) {
    count += events.length;
    lastMs = events.at(-1)!.endMs;
  }
  expect(count).toBeGreaterThan(250_000);
  expect(count).toBeLessThan(500_000);
  expect(lastMs).toBeLessThan(NOW_MS);
  expect(lastMs).toBeGreaterThan(NOW_MS - 5 * MINUTE_MS);
});

it('is calm at first and has all kinds of attacks in its last days', () => {
  const attacks = demo.truth(NOW_MS - DEMO_HISTORY_MS, NOW_MS);
  expect(new Set(attacks.map(({ kind }) => kind)).size).toBe(11);
  expect(Math.min(...attacks.map(({ start }) => Date.parse(start)))).toBeGreaterThan(NOW_MS - 2.5 * DAY_MS);
});

it('shows attacks live, the first within minutes, and never stops', () => {
  const soon = demo.truth(NOW_MS, NOW_MS + 10 * MINUTE_MS);
  expect(soon.some(({ loud, start }) => loud && Date.parse(start) >= NOW_MS)).toBe(true);
  const hour = demo.truth(NOW_MS, NOW_MS + HOUR_MS).filter(({ start }) => Date.parse(start) >= NOW_MS);
  expect(new Set(hour.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(7);
  const later = NOW_MS + 400 * DAY_MS;
  const day = demo.truth(later, later + DAY_MS);
  expect(day.length).toBeGreaterThan(8);
  expect(day.length).toBeLessThan(30);
});

it('goes on live where the history ends, in steps of seconds', () => {
  const live: unknown[] = [];
  for (let at = NOW_MS; at < NOW_MS + 5 * MINUTE_MS; at += 2_000)
    live.push(...eventsOf(demo, at, at + 2_000));
  expect(live).toEqual(eventsOf(demoSimulation(NOW_MS), NOW_MS, NOW_MS + 5 * MINUTE_MS));
  expect(live.length).toBeGreaterThan(50);
});
