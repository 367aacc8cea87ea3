import { parseConfig } from '../../src/config/load.js';
import { evaluateFaults } from '../../src/evaluate/faults.js';
import { DAY_MS, HOUR_MS } from '../../src/simulate/calendar.js';

const START_MS = Date.UTC(2026, 0, 5);
const WATCH_MS = START_MS + 2 * DAY_MS;

it('tells each fault of a sensor once, makes up nothing, and still finds the attacks', () => {
  const { faults, groundless, caused, missed, faulty } = evaluateFaults(
    {
      seed: 11,
      hosts: 40,
      learnDays: 2,
      watchDays: 1,
      startMs: START_MS,
      config: parseConfig('', 'test.yml'),
    },
    [
      { kind: 'dead', sensor: 'sensor-2', fromMs: WATCH_MS + 2 * HOUR_MS, toMs: WATCH_MS + 5 * HOUR_MS },
      { kind: 'doubled', sensor: 'sensor-1', fromMs: WATCH_MS + 9 * HOUR_MS, toMs: WATCH_MS + 12 * HOUR_MS },
      { kind: 'outage', fromMs: WATCH_MS + 15 * HOUR_MS, toMs: WATCH_MS + 18 * HOUR_MS },
    ],
  );
  expect(faults.map(({ opened, resolved }) => [opened, resolved])).toEqual([
    [{ 'sensor-2': 1 }, { 'sensor-2': 1 }],
    [{ 'sensor-1': 1 }, { 'sensor-1': 1 }],
    [
      { 'sensor-1': 1, 'sensor-2': 1 },
      { 'sensor-1': 1, 'sensor-2': 1 },
    ],
  ]);
  expect({ groundless, caused, missed }).toEqual({ groundless: [], caused: [], missed: [] });
  expect(faulty.attacks.filter(({ foundAs }) => foundAs !== null).length).toBeGreaterThan(4);
}, 240_000);
