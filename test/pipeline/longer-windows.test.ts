import type { WindowRecord } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { JointDemand } from '../../src/schedule/joint-demand.js';
import { KeepUp } from '../../src/schedule/keep-up.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import {
  announcements,
  anomaliesOf,
  processOn,
  runToEnd,
  storeWith,
  type FilledStore,
  type Process,
} from './job-on-store.js';

const MINUTE = 60_000;
const CAP = 100;

const record = (counted: number, lengthMs = MINUTE, reason?: string): WindowRecord => ({
  job: 'default',
  window: { start: 0, end: lengthMs },
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

/** Watches a job; `told` is what was said. */
function watched(cap = CAP): { keepUp: KeepUp; told: (string | undefined)[] } {
  const told: (string | undefined)[] = [];
  return { keepUp: new KeepUp({ cap, tell: (trouble) => told.push(trouble) }), told };
}

describe('KeepUp', () => {
  const read = (keepUp: KeepUp, eventsPerSecond: number, lengthMs: number, againPerSecond = 0): void => {
    for (let i = 0; i < 40; i++) {
      keepUp.note(record((eventsPerSecond * lengthMs) / 1000, lengthMs), false);
      keepUp.note(record((againPerSecond * lengthMs) / 1000, lengthMs), true);
    }
  };

  it('is silent while reading is within its bound', () => {
    const { keepUp, told } = watched();
    expect(keepUp.longer(5 * MINUTE)).toBeUndefined();
    read(keepUp, 50, 5 * MINUTE, 40);
    keepUp.note(record(1e9, 5 * MINUTE, 'ahead'), false);
    expect(keepUp.longer(5 * MINUTE)).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('goes to longer windows where it is reading again that exceeds it, and says so once', () => {
    const { keepUp, told } = watched();
    read(keepUp, 80, 5 * MINUTE, 60);
    expect(keepUp.longer(5 * MINUTE)).toBe(15 * MINUTE);
    expect(keepUp.longer(5 * MINUTE)).toBe(15 * MINUTE);
    expect(told).toEqual([
      expect.stringMatching(/^1[34]\d events .* is 100: windows of 15 minutes are next$/),
    ]);
    keepUp.restart();
    expect(keepUp.longer(15 * MINUTE)).toBeUndefined();
    read(keepUp, 80, 15 * MINUTE, 60);
    expect(keepUp.longer(15 * MINUTE)).toBe(60 * MINUTE);
    expect(keepUp.longer(60 * MINUTE)).toBeUndefined();
    expect(told.at(-1)).toContain('windows fall behind; raise it');
    read(keepUp, 50, 15 * MINUTE);
    expect(keepUp.longer(60 * MINUTE)).toBeUndefined();
    expect(told.at(-1)).toBeUndefined();
  });

  it('leaves other jobs what they read within the same bound', () => {
    const clock = new ManualClock(0);
    const joint = new JointDemand(clock);
    const told: (string | undefined)[] = [];
    const keepUp = new KeepUp({
      cap: CAP,
      others: () => joint.besides('default'),
      tell: (trouble) => told.push(trouble),
    });
    read(keepUp, 80, 5 * MINUTE);
    joint.note('default', 80);
    expect(keepUp.longer(5 * MINUTE)).toBeUndefined();
    expect(told).toEqual([]);
    joint.note('east', 30);
    joint.note('west', 40);
    keepUp.longer(5 * MINUTE);
    expect(told.at(-1)).toMatch(
      /^80 events arrive .* is 100, of which other jobs take 70: windows fall behind/,
    );
    // Another service runs them now.
    clock.set(16 * MINUTE);
    keepUp.longer(5 * MINUTE);
    expect(told.at(-1)).toBeUndefined();
  });

  it('says that no length helps where what arrives alone exceeds it', () => {
    const { keepUp, told } = watched();
    read(keepUp, 120, 5 * MINUTE);
    expect(keepUp.longer(5 * MINUTE)).toBeUndefined();
    expect(told).toEqual([
      '120 events arrive in a second, elasticsearch.maxEventsPerSecond is 100: windows fall behind for good; raise it, or name fewer indices in elasticsearch.indices',
    ]);
  });
});

describeSamples('longer windows', () => {
  let store: FilledStore;
  const told = announcements();
  let first: Process;

  beforeAll(async () => {
    store = await storeWith(sampleFile('flows/portscan_nmap/conn.log.gz'));
    const { keepUp } = watched();
    // Much was read again.
    keepUp.note(record(1e9), true);
    first = processOn(store, told.announce, 50, { cap: CAP, keepUp });
    await runToEnd(first);
    // The turn is taken at the end of a tick; what is left comes with the next one.
    await runToEnd(first);
  }, 60_000);
  afterAll(() => store.destroy());

  it('begin where the shorter ones end, and leave no event out', async () => {
    const done = first.records.filter(({ status }) => status === 'done');
    const lengths = done.map(({ window }) => (window.end - window.start) / MINUTE);
    expect(first.job.windowLengthMs).toBe(15 * MINUTE);
    expect(new Set(lengths)).toEqual(new Set([1, 15]));
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    done.slice(1).forEach(({ window }, i) => {
      expect(window.start).toBeGreaterThanOrEqual(done[i]!.window.end);
      expect(window.start % (window.end - window.start)).toBe(0);
    });
    const range = (await store.events.range())!;
    const [all] = await store.events.count(range, 86_400_000);
    expect(done.reduce((sum, { counted }) => sum + counted, 0)).toBe(all!.total);
  });

  it('find the scanner under ids that no shorter window has', async () => {
    const anomalies = await anomaliesOf(store);
    const ofLength = (minutes: number) =>
      anomalies.filter(({ window }) => window.end - window.start === minutes * MINUTE);
    expect(ofLength(15).some(({ entity }) => entity.source === '172.16.1.11')).toBe(true);
    const ids = [...ofLength(1), ...ofLength(15)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(anomalies.length);
  });

  it('are kept by the next process, until something else is configured', async () => {
    const again = processOn(store, told.announce, 50, { cap: CAP, keepUp: watched().keepUp });
    await runToEnd(again);
    expect(again.job.windowLengthMs).toBe(15 * MINUTE);
    expect(again.job.nextMs).toBe(first.job.nextMs);
    expect(again.records).toEqual([]);
    const other = processOn(store, told.announce, 50, { cap: 2 * CAP, keepUp: watched(2 * CAP).keepUp });
    await runToEnd(other);
    expect(other.job.windowLengthMs).toBe(MINUTE);
    expect(other.job.nextMs).toBe(first.job.nextMs);
    expect(other.job.current!.origin.id).not.toBe(again.job.current!.origin.id);
  });
});
