/**
 * Generated results of every shape that the types allow.
 */
import fc from 'fast-check';
import { SOURCE_STATUSES } from '../../src/domain/coverage.js';
import type { NotificationRecord } from '../../src/alert/ports.js';
import type { ModelSnapshot } from '../../src/detectors/ports.js';
import { BEHAVIORS } from '../../src/behaviors/catalogue.js';
import { stableId } from '../../src/domain/hash.js';
import {
  SEVERITIES,
  type Anomaly,
  type Episode,
  type EpisodeChange,
  type WindowRecord,
} from '../../src/domain/anomaly.js';
import { ENTITY_KINDS, type Entity } from '../../src/domain/matrix.js';

export const WINDOW_MS = 300_000;
/** Two months, so that results lie in two indices. */
const FIRST_WINDOW = Date.UTC(2026, 9, 30) / WINDOW_MS;
const LAST_WINDOW = Date.UTC(2026, 10, 3) / WINDOW_MS;

/** Names as an attacker would choose them. */
export const HOSTILE_NAMES = [
  '*',
  '?',
  '10.0.0.*',
  '/.*/',
  '" OR 1=1 --',
  "' OR '1'='1",
  "'); DROP TABLE anomalies; --",
  '{"match_all":{}}',
  '_exists_:job',
  '__proto__',
  'constructor',
  'toString',
  'fe80::1%eth0',
  'a\u0000b',
  'name with spaces',
  'ÄÖ 日本 🐕',
  '%',
  '_',
  '\\',
];

/** JSON knows no negative zero. */
const number = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const anyNumber = number(-1e12, 1e12);
const share = number(0, 1);
const count = fc.nat({ max: 1_000_000 });
const text = fc.string({ unit: 'grapheme', maxLength: 30 });

/** Ids of one job are never those of another: suites share a server. */
const idsOf = (job: string): fc.Arbitrary<string> => fc.nat().map((number) => stableId(job, String(number)));

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...HOSTILE_NAMES));
const name = fc.oneof(
  fc.constantFrom('alice', 'bob', 'svc-backup', '10.0.0.5'),
  fc.constantFrom(...HOSTILE_NAMES),
);

const entities: fc.Arbitrary<Entity> = fc
  .record(
    {
      kind: fc.constantFrom(...ENTITY_KINDS),
      id: fc.oneof(address, name),
      source: address,
      destination: address,
      port: fc.integer({ min: 0, max: 65_535 }),
      transport: fc.constantFrom('tcp', 'udp', 'icmp'),
      user: name,
      others: fc.integer({ min: 1, max: 5_000_000 }),
    },
    { requiredKeys: ['kind', 'id'] },
  )
  .map((entity) => ({ ...entity }));

const contribution = fc.record({
  feature: text,
  label: text,
  unit: text,
  actual: anyNumber,
  typical: fc.option(anyNumber),
  upper: fc.option(anyNumber),
  share,
});

const timeMs = fc.integer({ min: FIRST_WINDOW * WINDOW_MS, max: LAST_WINDOW * WINDOW_MS });

const evidence = fc.record({ id: text, index: text, source: text, place: count, timeMs, summary: text });

const technique = fc.record({
  id: fc.constantFrom('T1046', 'T1110', 'T1110.003', 'T1071.004'),
  name: text,
  tactic: fc.record({ id: fc.constantFrom('TA0006', 'TA0007'), name: text }),
});

const basis = fc.record(
  {
    model: text,
    rung: fc.constantFrom('entity' as const, 'peers' as const, 'global' as const),
    historyDays: number(0, 1000),
    selfTrained: fc.boolean(),
    degraded: fc.boolean(),
    ahead: fc.boolean(),
  },
  { requiredKeys: ['model', 'rung', 'historyDays', 'selfTrained', 'degraded'] },
);

const detector = fc.constantFrom('baseline', 'isolation_forest');

const windowStart = fc.integer({ min: FIRST_WINDOW, max: LAST_WINDOW }).map((number) => number * WINDOW_MS);
const windows = windowStart.map((start) => ({ start, end: start + WINDOW_MS }));

const result = {
  site: fc.constantFrom('default', 'berlin'),
  entity: entities,
  behavior: fc.constantFrom(...BEHAVIORS),
  severity: fc.constantFrom(...SEVERITIES),
  score: fc.oneof(share, fc.constantFrom(0.5, 0.75)),
  reason: text,
  contributions: fc.array(contribution, { maxLength: 3 }),
  evidence: fc.array(evidence, { maxLength: 3 }),
  counterparts: fc.record({
    sources: fc.array(address, { maxLength: 3 }),
    destinations: fc.array(address, { maxLength: 3 }),
  }),
  basis,
};

const NEEDED = <K extends string>(keys: readonly K[], optional: readonly string[]): K[] =>
  keys.filter((key) => !optional.includes(key));

/** Anomalies of a job. */
export function anomaliesOf(job: string): fc.Arbitrary<Anomaly> {
  const model = {
    ...result,
    id: idsOf(job),
    job: fc.constant(job),
    window: windows,
    grade: share,
    detectors: fc.array(fc.record({ detector, score: share, raw: anyNumber }), { maxLength: 3 }),
    technique,
    episode: idsOf(job),
    labels: fc.array(text, { maxLength: 2 }),
    revision: fc.constant(1),
    status: fc.constantFrom('active' as const, 'retracted' as const),
  };
  const keys = Object.keys(model) as (keyof typeof model)[];
  return fc.record(model, { requiredKeys: NEEDED(keys, ['technique', 'counterparts']) });
}

/** Episodes of a job. */
export function episodesOf(job: string): fc.Arbitrary<Episode> {
  const model = {
    ...result,
    id: idsOf(job),
    job: fc.constant(job),
    anomaly: idsOf(job),
    technique,
    start: windowStart,
    windows: fc.integer({ min: 1, max: 50 }),
  };
  const keys = Object.keys(model) as (keyof typeof model)[];
  return fc
    .record(model, { requiredKeys: NEEDED(keys, ['technique', 'counterparts']) })
    .map((episode) => ({ ...episode, end: episode.start + episode.windows * WINDOW_MS }));
}

/** Changes of episodes of a job. */
export function changesOf(job: string): fc.Arbitrary<EpisodeChange> {
  return fc.record({
    episode: episodesOf(job),
    change: fc.constantFrom('opened' as const, 'raised' as const),
  });
}

const reasons = fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'bad_json')), count, {
  maxKeys: 3,
});

/** Window records of a job. */
export function windowRecordsOf(job: string): fc.Arbitrary<WindowRecord> {
  const model = {
    job: fc.constant(job),
    window: windows,
    status: fc.constantFrom('done' as const, 'skipped' as const),
    reason: fc.constantFrom('ahead', 'empty'),
    counted: count,
    late: count,
    missed: count,
    coverage: fc.array(
      fc.record({
        source: text,
        status: fc.constantFrom(...SOURCE_STATUSES),
        expected: fc.record({ lower: count, typical: count, upper: count }),
        read: count,
        events: count,
        duplicates: count,
        filtered: fc.dictionary(fc.constantFrom('loopback', 'empty'), count),
        quarantined: reasons,
        irregular: reasons,
      }),
      { maxLength: 3 },
    ),
    entities: fc.dictionary(fc.constantFrom(...ENTITY_KINDS), count),
    anomalies: count,
    model: text,
    revision: fc.integer({ min: 1, max: 9 }),
    recordedAtMs: timeMs,
    tookMs: count,
  };
  const keys = Object.keys(model) as (keyof typeof model)[];
  const records = fc.record(model, { requiredKeys: NEEDED(keys, ['reason', 'late', 'missed']) });
  // Only kinds that have rows can have others beside them.
  return fc.tuple(records, fc.boolean()).map(([record, isCrowded]) => {
    const { entities } = record;
    return isCrowded && Object.keys(entities).length > 0 ? { ...record, others: { ...entities } } : record;
  });
}

/** Notifications of a job. */
export function notificationRecordsOf(job: string): fc.Arbitrary<NotificationRecord> {
  return fc.record({
    notification: fc.record({
      id: idsOf(job),
      job: fc.constant(job),
      channel: text,
      change: changesOf(job),
      createdAtMs: timeMs,
    }),
    delivery: fc.record({
      state: fc.constantFrom('pending' as const, 'sent' as const, 'failed' as const),
      attempts: fc.nat({ max: 20 }),
      atMs: timeMs,
      detail: text,
    }),
  });
}

/** Model snapshots of a job. */
export function snapshotsOf(job: string): fc.Arbitrary<ModelSnapshot> {
  return fc.record({
    id: idsOf(job),
    job: fc.constant(job),
    version: fc.integer({ min: 1, max: 9 }),
    createdAtMs: timeMs,
    fittedFromMs: timeMs,
    fittedToMs: timeMs,
    selfTrained: fc.boolean(),
    payload: text,
  });
}
