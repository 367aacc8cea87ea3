import fc from 'fast-check';
import type { Behavior } from '../../src/domain/anomaly.js';
import { OpenEpisodes, type UnassignedAnomaly } from '../../src/decide/episodes.js';
import type { Entity } from '../../src/domain/matrix.js';
import { anomaliesOf } from '../contract/arbitraries.js';

const MINUTE = 60_000;
const [SAMPLE] = fc.sample(anomaliesOf('default'), { numRuns: 1, seed: 1 });

const host = (id: string): Entity => ({ kind: 'host', id });

function anomalyOf(id: string, minute: number): UnassignedAnomaly & { slow: boolean } {
  const window = { start: minute * MINUTE, end: (minute + 5) * MINUTE };
  const told = { ...SAMPLE!.basis, degraded: false };
  return {
    ...SAMPLE!,
    site: 'default',
    behavior: 'host_sweep',
    entity: host(id),
    window,
    basis: told,
    slow: false,
  };
}

describe('OpenEpisodes', () => {
  it('are bounded: those that have been quiet for longest are closed early', () => {
    const episodes = new OpenEpisodes(30 * MINUTE, 3);
    episodes.assign([anomalyOf('a', 0), anomalyOf('b', 0), anomalyOf('c', 0)]);
    const { changes } = episodes.assign([anomalyOf('a', 5), anomalyOf('d', 5), anomalyOf('e', 5)]);
    expect(changes.map(({ episode }) => episode.entity.id)).toEqual(['d', 'e']);
    const open = ['a', 'b', 'c', 'd', 'e'].filter((id) => episodes.has('default', host(id), 'host_sweep'));
    expect(open).toEqual(['a', 'd', 'e']);
    const again = episodes.assign([anomalyOf('b', 10)]);
    expect(again.changes).toMatchObject([{ change: 'opened', episode: { entity: { id: 'b' } } }]);
    expect(episodes.toState()).toHaveLength(3);
  });

  it('stay mute of what is nameless and in doubt, until something of it is told', () => {
    const doubtful = (minute: number, behavior: Behavior): ReturnType<typeof anomalyOf> => {
      const anomaly = anomalyOf('a', minute);
      return { ...anomaly, behavior, basis: { ...anomaly.basis, degraded: true } };
    };
    const episodes = new OpenEpisodes(30 * MINUTE);
    expect(episodes.assign([doubtful(0, 'unusual_volume')]).changes).toEqual([]);
    expect(episodes.assign([doubtful(0, 'host_sweep')]).changes).toMatchObject([{ change: 'opened' }]);
    const sound = { ...anomalyOf('a', 5), behavior: 'unusual_volume' as const };
    expect(episodes.assign([sound]).changes).toMatchObject([{ change: 'opened' }]);
  });
});
