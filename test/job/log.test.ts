import fc from 'fast-check';
import type { EpisodeChange } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { createLogger, terminalLines } from '../../src/observe/logger.js';
import { JobLog } from '../../src/job/log.js';
import { episodesOf } from '../contract/arbitraries.js';

const NOW_MS = Date.UTC(2026, 10, 24);
const SECOND = 1000;
const DAY_MS = 86_400_000;
const [EPISODE] = fc.sample(episodesOf('default'), { numRuns: 1, seed: 1 });

/** A log whose lines are kept as a terminal shows them, without their times. */
function logOn(clock = new ManualClock(NOW_MS)) {
  const lines: string[] = [];
  const terminal = terminalLines({ write: (line: string) => lines.push(line.slice(9).trimEnd()) });
  const log = new JobLog({ job: 'default', clock, logger: createLogger('info', terminal) });
  const pass = (ms: number): void => {
    clock.set(clock.now() + ms);
  };
  return { log, lines, pass };
}

describe('what a job tells while it learns', () => {
  const range = { start: NOW_MS - 30 * DAY_MS, end: NOW_MS };
  const all = { range, windows: 8640, events: 5_166_000 };

  it('is what it reads, then how far it is and how long it takes, at most each half minute', () => {
    const { log, lines, pass } = logOn();
    log.learning({ ...all, read: 0 });
    // 96 windows a second.
    for (let read = 96; read <= 8640; read += 96) {
      pass(SECOND);
      log.learning({ ...all, read });
    }
    expect(lines).toEqual([
      'info  learns from 5,166,000 events in 8,640 windows, 2026-10-25 00:00 to 2026-11-24 00:00 UTC',
      'info  learning: 96 of 8,640 windows read (1 %), about 1 minute left',
      'info  learning: 2,976 of 8,640 windows read (34 %), about 1 minute left',
      'info  learning: 5,856 of 8,640 windows read (67 %), less than a minute left',
    ]);
  });

  it('is one line where it is short, and stays sound where the clock is set back', () => {
    const { log, lines, pass } = logOn();
    log.learning({ ...all, read: 0 });
    pass(-DAY_MS);
    log.learning({ ...all, read: 8000 });
    log.learning({ ...all, read: 8640 });
    expect(lines).toHaveLength(1);
  });
});

describe('what a job tells of windows that wait', () => {
  it('is how many, how many are left at most each half minute, and that there are none any more', () => {
    const { log, lines, pass } = logOn();
    for (let left = 289; left > 0; left -= 50) {
      log.waiting(left, left > 50 ? 3 : 0, 50);
      for (let ran = 1; ran <= Math.min(50, left); ran++) {
        pass(SECOND / 4);
        log.left(left - ran);
      }
    }
    log.caughtUp(NOW_MS);
    log.caughtUp(NOW_MS);
    expect(lines).toEqual([
      'info  289 windows wait to be read; first findings of the newest windows are provisional',
      'info  catching up: 169 windows left',
      'info  catching up: 49 windows left',
      'info  caught up: all windows until 2026-11-24 00:00 UTC are read',
    ]);
  });

  it('is nothing where windows come one by one, but for the first look', () => {
    const { log, lines, pass } = logOn();
    for (const windows of [0, 1, 0, 2, 50]) {
      pass(60 * SECOND);
      log.waiting(windows, 0, 50);
      log.left(0);
      log.caughtUp(NOW_MS);
    }
    expect(lines).toEqual(['info  no window waits to be read']);
    log.restart();
    log.waiting(1, 0, 50);
    expect(lines.slice(1)).toEqual(['info  1 window waits to be read']);
  });
});

describe('what a job tells of episodes', () => {
  const change = (kind: EpisodeChange['change'], ahead: boolean, reason: string): EpisodeChange => {
    const { ahead: _, ...basis } = EPISODE!.basis;
    const told = { ...basis, ...(ahead ? { ahead } : {}) };
    return {
      change: kind,
      episode: { ...EPISODE!, severity: 'high', start: NOW_MS, reason, basis: told },
    };
  };

  it.each([
    ['opened', false, 'found (high, 2026-11-24 00:00 UTC): it tried'],
    ['opened', true, 'found (high, provisional, 2026-11-24 00:00 UTC): it tried'],
    ['raised', false, 'more severe (high, 2026-11-24 00:00 UTC): it tried'],
    ['resolved', true, 'over (high, 2026-11-24 00:00 UTC): it tried'],
  ] as const)('is one line where one is %s, ahead: %s', (kind, ahead, line) => {
    const { log, lines } = logOn();
    log.episodes([change(kind, ahead, 'it tried')]);
    expect(lines).toEqual([`info  ${line}`]);
  });

  it('is said once, however often it is looked at', () => {
    const { log, lines } = logOn();
    for (let look = 0; look < 3; look++) log.episodes([change('opened', false, 'it tried')]);
    log.episodes([change('raised', false, 'it tried')]);
    expect(lines.map((line) => line.split(' (')[0])).toEqual(['info  found', 'info  more severe']);
  });

  it('never steers the terminal', () => {
    const { log, lines } = logOn();
    log.episodes([change('opened', false, 'it\u001b[2J\ntried')]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\u0000-\u001f]/);
  });
});
