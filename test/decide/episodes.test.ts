import fc from 'fast-check';
import type { Behavior, EpisodeChange } from '../../src/domain/anomaly.js';
import {
  OpenEpisodes,
  type EpisodeState,
  type EpisodeUpdate,
  type UnassignedAnomaly,
} from '../../src/decide/episodes.js';
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

  describe('that windows ahead of their turn open', () => {
    const at = (minute: number): { start: number; end: number } => anomalyOf('a', minute).window;
    const told = ({ changes }: Pick<EpisodeUpdate, 'changes'>): string[] =>
      changes.map(({ change, episode }) => `${change} ${episode.id}`);

    it('are one, keep their id in their turn, and are told once, wherever the attack began', () => {
      for (const began of [100, 5]) {
        const episodes = new OpenEpisodes(30 * MINUTE);
        const first = episodes.assign([anomalyOf('a', 100)], true);
        const { id } = first.changes[0]!.episode;
        const all = [first, ...[105, 110].map((minute) => episodes.assign([anomalyOf('a', minute)], true))];
        for (let minute = began; minute <= 110; minute += 5) {
          all.push({ anomalies: [], touched: [], changes: episodes.expire(at(minute)) });
          all.push(episodes.assign([anomalyOf('a', minute)]));
        }
        expect(all.flatMap(told)).toEqual([`opened ${id}`]);
        expect(new Set(all.flatMap(({ anomalies }) => anomalies.map(({ episode }) => episode)))).toEqual(
          new Set([id]),
        );
        expect(episodes.toState()).toMatchObject([
          { episode: { id, start: began * MINUTE, end: 115 * MINUTE, windows: (115 - began) / 5 } },
        ]);
      }
    });

    it('join what is open in its turn, which ends no later for that', () => {
      const episodes = new OpenEpisodes(30 * MINUTE);
      const [open] = episodes.assign([anomalyOf('a', 0)]).changes;
      const severer = { ...anomalyOf('a', 100), severity: 'critical' as const };
      const ahead = episodes.assign([severer], true);
      expect(ahead.anomalies[0]!.episode).toBe(open!.episode.id);
      expect(episodes.toState()).toMatchObject([{ episode: { end: 5 * MINUTE } }]);
    });

    it('are still known to be ahead when they were written down', () => {
      const before = new OpenEpisodes(30 * MINUTE);
      const [opened] = before.assign([anomalyOf('a', 100)], true).changes;
      const after = new OpenEpisodes(30 * MINUTE);
      after.restore(JSON.parse(JSON.stringify(before.toState())) as EpisodeState);
      expect(told({ changes: after.expire(at(105)) })).toEqual([`resolved ${opened!.episode.id}`]);
    });

    it('are taken back, and said to be, where their turn does not find them', () => {
      const episodes = new OpenEpisodes(30 * MINUTE);
      const [{ episode }] = episodes.assign([anomalyOf('a', 100)], true).changes as [EpisodeChange];
      expect(episodes.expire(at(100))).toEqual([]);
      const [withdrawn] = episodes.expire(at(105));
      expect(withdrawn).toMatchObject({ change: 'resolved', episode: { id: episode.id } });
      expect(withdrawn!.episode.reason).toContain('not found again in its turn');
      expect(episodes.toState()).toEqual([]);
    });
  });
});
