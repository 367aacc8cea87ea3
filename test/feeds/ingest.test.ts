import { SampleQuarantine } from '../../src/collect/quarantine.js';
import type { StoredEvent } from '../../src/collect/ports.js';
import { parseConfig } from '../../src/config/load.js';
import { Ingester, type IngestCounts } from '../../src/feeds/ingest.js';

const NOW_MS = Date.UTC(2026, 10, 24);

/** An ECS record with something nested so deeply inside. */
function record(depth: number): unknown {
  let inner: unknown = 1;
  for (let level = 0; level < depth; level++) inner = [inner];
  return {
    '@timestamp': '2026-11-23T10:00:00.000Z',
    event: { category: ['network'] },
    source: { ip: '10.0.0.5' },
    destination: { ip: '10.0.0.6', port: 443 },
    labels: { inner },
  };
}

describe('Ingester', () => {
  it('quarantines a record that is nested too deeply to be stored, and stores the others', async () => {
    const stored: StoredEvent[] = [];
    const counts: IngestCounts[] = [];
    const ingester = new Ingester({
      sink: {
        append: (events) => {
          stored.push(...events);
          return Promise.resolve(events.length);
        },
      },
      quarantine: new SampleQuarantine(),
      referenceMs: () => NOW_MS,
      timeZone: 'UTC',
      privacy: parseConfig('', 'test.yml').privacy,
      onIngested: (_source, count) => counts.push(count),
    });
    const records = [record(1), record(200_000), record(3)];
    await ingester.add({ source: 'deep', format: 'ecs', records, places: [1, 2, 3] });
    await ingester.flush();
    expect(stored.map(({ place }) => place)).toEqual([1, 3]);
    expect(counts).toEqual([{ read: 3, stored: 2, duplicates: 0, filtered: 0, quarantined: 1 }]);
  });
});
