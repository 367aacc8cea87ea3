import fc from 'fast-check';
import { planNotifications } from '../../src/alert/plan.js';
import { SEVERITIES } from '../../src/domain/anomaly.js';
import { episode, NOW_MS, opened } from './episode.js';

const CHANNELS = [
  { name: 'soc', minSeverity: 'low' },
  { name: 'pager', minSeverity: 'high' },
] as const;

describe('planNotifications', () => {
  it('tells each channel from its own severity on', () => {
    const told = SEVERITIES.map((severity) =>
      planNotifications([opened({ severity })], CHANNELS, NOW_MS).map(({ channel }) => channel),
    );
    expect(told).toEqual([['soc'], ['soc'], ['soc', 'pager'], ['soc', 'pager']]);
  });

  it('carries the change, its job and the time', () => {
    const change = opened({ job: 'dmz' });
    const planned = planNotifications([change], [CHANNELS[0]], NOW_MS);
    expect(planned).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        job: 'dmz',
        channel: 'soc',
        change,
        createdAtMs: NOW_MS,
      },
    ]);
  });

  it('tells of a rise past the threshold although the opening was too mild', () => {
    const rise = { change: 'raised', episode: episode({ severity: 'critical' }) } as const;
    const planned = planNotifications([opened({ severity: 'medium' }), rise], [CHANNELS[1]], NOW_MS);
    expect(planned.map(({ change }) => change)).toEqual([rise]);
  });

  it('gives the same ids for the same episodes, whenever and however often they are planned', () => {
    const change = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      severity: fc.constantFrom(...SEVERITIES),
    });
    fc.assert(
      fc.property(fc.array(change), fc.integer({ min: 0, max: NOW_MS }), (given, laterMs) => {
        const changes = given.map((episode) => opened(episode));
        const once = planNotifications(changes, CHANNELS, NOW_MS).map(({ id }) => id);
        const again = planNotifications([...changes, ...changes], CHANNELS, laterMs).map(({ id }) => id);
        expect(again).toEqual(once);
        expect(new Set(once).size).toBe(once.length);
        const distinct = (least: number): number =>
          new Set(
            given
              .filter(({ severity }) => SEVERITIES.indexOf(severity) >= least)
              .map(({ id, severity }) => `${id} ${severity}`),
          ).size;
        expect(once.length).toBe(distinct(0) + distinct(2));
      }),
    );
  });
});
