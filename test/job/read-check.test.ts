/**
 * What is told of a job that does not understand what it reads, or cannot read it.
 */
import { pino } from 'pino';
import type { WindowRecord } from '../../src/domain/anomaly.js';
import { emptyCoverage, type SourceCoverage } from '../../src/domain/coverage.js';
import { Health } from '../../src/observe/health.js';
import { ReadCheck } from '../../src/job/read-check.js';

function checked(): { check: ReadCheck; health: Health; lines: string[] } {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) });
  const health = new Health();
  return { check: new ReadCheck({ job: 'j', check: 'logs', health, logger }), health, lines };
}

function windowOf(...coverage: Partial<SourceCoverage>[]): WindowRecord {
  const whole = coverage.map((part) => ({ ...emptyCoverage('a'), ...part }));
  return { coverage: whole } as unknown as WindowRecord;
}

describe('what a job reads', () => {
  it('is not ready where nothing of it was understood, which is said once', () => {
    const { check, health, lines } = checked();
    for (let tick = 0; tick < 3; tick++) {
      check.note(windowOf({ filtered: { unsupported_type: 2_020 }, quarantined: { no_time: 1 } }));
      check.review([]);
    }
    expect(health.report()).toMatchObject({ ready: false, checks: [{ name: 'logs', ok: false }] });
    expect(lines).toEqual([
      'none of 2,021 events could be understood: 2,020 unsupported type, 1 no time; name their fields in elasticsearch.fields (see "elkhound doctor")',
    ]);
    check.note(windowOf({ events: 1 }));
    check.review([]);
    expect(health.report().ready).toBe(true);
  });

  it('may hold sources that are none of its business, which are named once', () => {
    const { check, health, lines } = checked();
    for (let tick = 0; tick < 2; tick++) {
      check.note(windowOf({ events: 5 }, { source: 'app', filtered: { unsupported_type: 300 } }));
      check.review([]);
    }
    expect(health.report().ready).toBe(true);
    expect(lines).toEqual([
      'nothing is understood of app (300 unsupported type); name their fields in elasticsearch.fields (see "elkhound doctor"), or leave them out',
    ]);
  });

  it('is understood where a rule leaves it out', () => {
    const { check, health, lines } = checked();
    check.note(windowOf({ filtered: { allowed_network: 500, loopback: 1 } }));
    check.review([]);
    expect(health.report().ready).toBe(true);
    expect(lines).toEqual([]);
  });

  it('may have clocks that are wrong', () => {
    const { check, lines } = checked();
    for (const irregular of [{ end_not_believed: 60 }, { ahead_of_timestamp: 15 }])
      check.note(windowOf({ events: 100, irregular }));
    check.review([]);
    expect(lines).toEqual([
      '60 of 200 events of a have an event.end that lies weeks from @timestamp, which decides their window',
    ]);
  });

  it('may lack what cannot be reached: one line when that begins, one when it is over', () => {
    const { check, health, lines } = checked();
    const lost = { source: 'lost', reason: 'unreachable_index', detail: 'it is blocked' } as const;
    check.note(windowOf({ events: 5 }, { source: 'lost', quarantined: { unreachable_index: 1 } }));
    check.review([lost]);
    check.review([lost]);
    expect(health.report()).toEqual({
      ready: true,
      checks: [{ name: 'logs', ok: true, detail: 'lost is not read: it is blocked' }],
    });
    check.review([]);
    expect(lines).toEqual([
      'lost cannot be read, the rest goes on: it is blocked',
      'lost can be read again; windows that lack it are read again',
    ]);
  });

  it('may not be there at all', () => {
    const { check, health, lines } = checked();
    for (let tick = 0; tick < 2; tick++) {
      check.events(false, 'no index matches lgos-*');
      check.review([]);
    }
    expect(health.report().ready).toBe(false);
    check.events(true);
    check.review([]);
    expect(health.report().ready).toBe(true);
    expect(lines).toEqual(['no index matches lgos-*', 'there are events now']);
  });

  it('may hold no events yet, which is said once and nothing wrong', () => {
    const { check, health, lines } = checked();
    for (const areThere of [false, false, true, true]) {
      check.events(areThere);
      check.review([]);
      expect(health.report().ready).toBe(true);
    }
    expect(lines).toEqual([
      'what the job reads holds no events yet; it begins with the first window that has some',
      'there are events now',
    ]);
  });
});
