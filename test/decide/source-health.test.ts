import { OpenEpisodes } from '../../src/decide/episodes.js';
import { sourceAlerts } from '../../src/decide/source-health.js';
import type { SourceHealthChange } from '../../src/domain/coverage.js';

const LENGTH_MS = 300_000;
const CONTEXT = { job: 'office', site: 'default', windowLengthMs: LENGTH_MS, model: 'm1' };

function changeOf(change: SourceHealthChange['change'], window: number): SourceHealthChange {
  const [startMs, endMs] = [0, (window + 1) * LENGTH_MS];
  return {
    source: 'conn.log',
    change,
    status: 'flooding',
    startMs,
    endMs,
    windows: window + 1,
    events: 4_000,
  };
}

describe('a source that floods a window', () => {
  it.each(['opened', 'raised'] as const)('is an alert of severity high that names it (%s)', (change) => {
    const episodes = new OpenEpisodes(LENGTH_MS);
    const window = { start: 0, end: LENGTH_MS };
    const [alert] = sourceAlerts([changeOf(change, 0)], [], window, CONTEXT, episodes);
    expect(alert).toMatchObject({
      anomalies: [
        { severity: 'high', behavior: 'source_health', entity: { kind: 'source', id: 'conn.log' } },
      ],
      change: { change, episode: { severity: 'high', windows: 1 } },
    });
    expect(alert!.change.episode.reason).toBe(
      'conn.log sends more than a window may hold (normalize.maxWindowMb): of its records only 4000 were used in 5 minutes, and what attackers did may be among the others',
    );
    const later = { start: 6 * LENGTH_MS, end: 7 * LENGTH_MS };
    const [end] = sourceAlerts([changeOf('resolved', 6)], [], later, CONTEXT, episodes);
    expect(end).toMatchObject({ anomalies: [], change: { change: 'resolved' } });
    expect(end!.change.episode.id).toBe(alert!.change.episode.id);
    // The message of its end leads to an anomaly that there is.
    expect(end!.change.episode.anomaly).toBe(alert!.anomalies[0]!.id);
  });
});
