import type { WindowRecord } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { JointDemand } from '../../src/job/joint-demand.js';
import { KeepUp } from '../../src/job/keep-up.js';

const MINUTE = 60_000;
const CAP = 100;
const LENGTH_MS = 5 * MINUTE;

const record = (counted: number, reason?: string): WindowRecord => ({
  job: 'default',
  window: { start: 0, end: LENGTH_MS },
  status: 'done',
  ...(reason === undefined ? {} : { reason }),
  counted,
  coverage: [],
  entities: {},
  anomalies: 0,
  model: 'm',
  revision: 1,
  recordedAtMs: 0,
  tookMs: 0,
});

const told: (string | undefined)[] = [];
const tell = (trouble: string | undefined): number => told.push(trouble);
const read = (keepUp: KeepUp, eventsPerSecond: number, againPerSecond = 0): void => {
  for (let i = 0; i < 40; i++) {
    keepUp.note(record((eventsPerSecond * LENGTH_MS) / 1000), false);
    keepUp.note(record((againPerSecond * LENGTH_MS) / 1000), true);
  }
};

beforeEach(() => told.splice(0));

it('is silent while reading is within its bound', () => {
  const keepUp = new KeepUp({ cap: CAP, tell });
  keepUp.review();
  read(keepUp, 50, 40);
  keepUp.note(record(1e9, 'ahead'), false);
  keepUp.review();
  expect(told).toEqual([]);
});

it('reports once that reading again exceeds the bound, and once when it no longer does', () => {
  const keepUp = new KeepUp({ cap: CAP, tell });
  read(keepUp, 80, 60);
  keepUp.review();
  keepUp.review();
  expect(told).toEqual([
    expect.stringMatching(
      /^1[34]\d events .* is 100: windows fall behind; raise it, .* schedule\.windowLength longer/,
    ),
  ]);
  read(keepUp, 50);
  keepUp.review();
  keepUp.review();
  expect(told.slice(1)).toEqual([undefined]);
});

it('leaves other jobs what they read within the same bound', () => {
  const clock = new ManualClock(0);
  const joint = new JointDemand(clock);
  const keepUp = new KeepUp({ cap: CAP, others: () => joint.besides('default'), tell });
  read(keepUp, 80);
  joint.note('default', 80);
  keepUp.review();
  expect(told).toEqual([]);
  joint.note('east', 30);
  joint.note('west', 40);
  keepUp.review();
  expect(told.at(-1)).toMatch(
    /^80 events arrive .* is 100, of which other jobs take 70: windows fall behind/,
  );
  // Another service runs them now.
  clock.set(16 * MINUTE);
  keepUp.review();
  expect(told.at(-1)).toBeUndefined();
});

it('reports that windows fall behind for good where what arrives alone exceeds the bound', () => {
  const keepUp = new KeepUp({ cap: CAP, tell });
  read(keepUp, 120);
  keepUp.review();
  expect(told).toEqual([
    '120 events arrive in a second, elasticsearch.maxEventsPerSecond is 100: windows fall behind for good; raise it, or name fewer indices in elasticsearch.indices',
  ]);
});
