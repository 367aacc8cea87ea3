import { ExpectedVolume, type VolumeReview } from '../../src/coverage/expected-volume.js';
import { steadySource } from '../../src/domain/source-name.js';
import type { SourceVolume } from '../../src/coverage/source-volume.js';
import type { SourceHealthChange } from '../../src/domain/coverage.js';
import { EventKind } from '../../src/domain/events.js';
import { Random } from '../../src/domain/random.js';

const LENGTH_MS = 300_000;
const DAY = 288;
const FIRST = 5_900_000 - (5_900_000 % DAY);

/** A source of an office: 400 events by day, 40 by night, a fifth more or less. */
class Office {
  readonly expected = new ExpectedVolume();
  readonly changes: SourceHealthChange[] = [];
  private readonly random = new Random(7);

  constructor(private now = FIRST) {}

  /** Runs windows in which each source brings so many times what is usual. */
  run(
    windows: number,
    factors: Readonly<Record<string, Partial<SourceVolume> & { factor?: number }>>,
  ): VolumeReview {
    let review: VolumeReview = { sources: [], changes: [] };
    for (let i = 0; i < windows; i++, this.now++) {
      const hour = (this.now % DAY) / 12;
      const volumes = Object.entries(factors).map(([source, { factor = 1, ...rest }]): SourceVolume => {
        const usual = (hour > 7 && hour < 19 ? 400 : 40) * (0.8 + 0.4 * this.random.next());
        const events = Math.round(usual * factor);
        const kinds = Object.keys(EventKind).map((_, kind) => (kind === EventKind.flow ? events : 0));
        return {
          source,
          read: events,
          duplicates: 0,
          leftOut: 0,
          events,
          spread: Math.log(events / 20),
          doubled: 0,
          kinds,
          ...rest,
        };
      });
      review = this.step(volumes);
    }
    return review;
  }

  /** Windows that nothing comes in, and that nobody runs. */
  pass(windows: number): void {
    this.now += windows;
  }

  get nowMs(): number {
    return this.now * LENGTH_MS;
  }

  private step(volumes: readonly SourceVolume[]): VolumeReview {
    const window = { start: this.nowMs, end: this.nowMs + LENGTH_MS };
    const review = this.expected.review(volumes, window);
    this.expected.advance(volumes, window);
    this.changes.push(...review.changes);
    return review;
  }
}

const statusOf = ({ sources }: VolumeReview, source = 'a'): string | undefined =>
  sources.find((one) => one.source === source)?.status;

describe('ExpectedVolume', () => {
  it('finds nothing wrong with the rhythm of a week', () => {
    const office = new Office();
    office.run(14 * DAY, { a: {}, b: {} });
    expect(office.changes).toEqual([]);
  });

  it('tells of a dead source once, from the third window on, and once when it is back', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {}, b: {} });
    expect(statusOf(office.run(1, { b: {} }))).toBe('silent');
    expect(office.changes).toEqual([]);
    office.run(DAY, { b: {} });
    expect(office.changes).toMatchObject([{ source: 'a', change: 'opened', status: 'silent', windows: 3 }]);
    office.run(DAY, { a: {}, b: {} });
    expect(office.changes).toMatchObject([
      { change: 'opened' },
      { change: 'resolved', startMs: (FIRST + 8 * DAY) * LENGTH_MS },
    ]);
  });

  it('tells of silence of everything before anything comes again', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    office.pass(36);
    const told = office.expected.reviewSilence(office.nowMs, LENGTH_MS);
    expect(told).toMatchObject([{ source: 'a', change: 'opened', status: 'silent' }]);
    office.run(10, { a: {} });
    // The window that comes next says the same of the gap, under the same name.
    expect(office.changes[0]).toEqual(told[0]);
    expect(office.changes).toMatchObject([{ change: 'opened' }, { change: 'resolved' }]);
  });

  it('tells nobody of one odd window, and a source that comes and goes once', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    office.run(1, { a: { factor: 0.05 } });
    office.run(20, { a: {} });
    expect(office.changes).toEqual([]);
    for (let i = 0; i < 10; i++) {
      office.run(3, { a: { factor: 0.05 } });
      office.run(3, { a: {} });
    }
    expect(office.changes).toMatchObject([{ change: 'opened', status: 'low' }]);
  });

  it('takes a burst of everybody for a fault, and a flood of one host for what it is', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    expect(statusOf(office.run(1, { a: { factor: 30 } }))).toBe('burst');
    const flood = office.run(1, { a: { factor: 30, spread: Math.log(2) } });
    expect(statusOf(flood)).toBe('usual');
    expect(statusOf(office.run(1, { a: { factor: 30, spread: null } }))).toBe('usual');
  });

  it('tells a source that comes twice, whether or not the second could be left out', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {}, b: {} });
    const review = office.run(4, { a: { factor: 2, doubled: 1 }, b: { read: 800, duplicates: 400 } });
    expect([statusOf(review), statusOf(review, 'b')]).toEqual(['doubled', 'repeated']);
    expect(office.changes.map(({ source, status }) => [source, status])).toEqual([
      ['a', 'doubled'],
      ['b', 'repeated'],
    ]);
  });

  it('tells at once of the source that most of what a window had no room for came from, however new', () => {
    const office = new Office();
    const review = office.run(1, { a: { leftOut: 900 }, b: { leftOut: 90 }, c: {} });
    expect(['a', 'b', 'c'].map((source) => statusOf(review, source))).toEqual(['flooding', 'usual', 'usual']);
    expect(office.changes).toMatchObject([
      { source: 'a', change: 'opened', status: 'flooding', windows: 1, startMs: FIRST * LENGTH_MS },
    ]);
    office.run(6, { a: {}, b: {}, c: {} });
    expect(office.changes).toMatchObject([{ change: 'opened' }, { change: 'resolved', status: 'flooding' }]);
  });

  it('says once more of a source that is told of already when it floods a window', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    office.run(3, { a: { factor: 0.05 } });
    office.run(3, { a: { factor: 0.05, leftOut: 900 } });
    expect(office.changes).toMatchObject([
      { change: 'opened', status: 'low' },
      { change: 'raised', status: 'flooding', startMs: (FIRST + 8 * DAY) * LENGTH_MS },
    ]);
  });

  it('holds a new source back for a day and tells of it once', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    expect(statusOf(office.run(DAY - 1, { a: {}, b: {} }), 'b')).toBe('new');
    expect(statusOf(office.run(2, { a: {}, b: {} }), 'b')).toBe('usual');
    office.run(DAY, { a: {}, b: {} });
    expect(office.changes).toMatchObject([
      { source: 'b', change: 'opened', status: 'new' },
      { source: 'b', change: 'resolved' },
    ]);
  });

  it.each([
    ['a few details of connections', EventKind.rdp, 3, 'usual'],
    ['as many details as a tenth of the connections', EventKind.rdp, 60, 'new'],
    ['a few connections', EventKind.flow, 3, 'new'],
    ['a few logins', EventKind.auth, 3, 'new'],
    ['a few alerts', EventKind.alert, 3, 'new'],
  ])('a data set that brings %s (kind %i, %i events) is %s', (_what, kind, events, status) => {
    const office = new Office();
    office.run(8 * DAY, { a: {} });
    const kinds = Object.keys(EventKind).map((_, number) => (number === kind ? events : 0));
    const b = { events, read: events, kinds, spread: null };
    expect(statusOf(office.run(20, { a: {}, b }), 'b')).toBe(status);
    expect(office.changes.map(({ source }) => source)).toEqual(status === 'new' ? ['b'] : []);
    // Those few may stay away as they like.
    if (status === 'usual') office.run(3 * DAY, { a: {} });
    expect(office.changes.length).toBe(status === 'new' ? 1 : 0);
  });

  it('takes what lasts for a week for usual, and forgets who stays away', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {}, b: {} });
    office.run(9 * DAY, { a: { factor: 0.05 } });
    expect(office.changes.map(({ source, change }) => `${source} ${change}`).sort()).toEqual([
      'a opened',
      'a resolved',
      'b opened',
      'b resolved',
    ]);
    expect(office.expected.toState().sources.map(({ source }) => source)).toEqual(['a']);
  });

  it('goes on from its state as if it had never stopped', () => {
    const office = new Office();
    office.run(8 * DAY, { a: {}, b: {} });
    office.run(2, { b: {} });
    const state = JSON.parse(JSON.stringify(office.expected.toState())) as ReturnType<
      ExpectedVolume['toState']
    >;
    const window = { start: office.nowMs, end: office.nowMs + LENGTH_MS };
    const again = ExpectedVolume.fromState(state);
    expect(again.review([], window)).toEqual(office.expected.review([], window));
    expect(again.toState()).toEqual(office.expected.toState());
  });

  it('is bounded, however many sources there are', () => {
    const office = new Office();
    office.run(2, Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`s${String(i)}`, {}])));
    expect(office.expected.toState().sources.length).toBeLessThanOrEqual(201);
  });
});

it.each([
  ['.ds-logs-zeek.dns-default-2026.11.24-000003', 'logs-zeek.dns-default'],
  ['filebeat-8.19.0-2026.11.24-000001', 'filebeat-8.19.0'],
  ['logstash-2026.11.24', 'logstash'],
  ['/logs/2026-11-24/conn.09:00:00-10:00:00.log.gz', '/logs/conn.log'],
  ['/var/log/suricata/eve.json.3.gz', '/var/log/suricata/eve.json'],
  ['zeek.conn@sensor-1', 'zeek.conn@sensor-1'],
  ['customer-1911979734160-dns', 'customer-1911979734160-dns'],
])('calls %s %s', (name, steady) => {
  expect(steadySource(name)).toBe(steady);
});
