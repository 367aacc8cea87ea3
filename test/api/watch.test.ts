import { watchOf } from '../../src/api/watch.js';
import { ManualClock } from '../../src/domain/clock.js';
import { NOW_MS, RECORDS } from './fixtures.js';
import { dependenciesOn, emptyStore, leave, serve, type TestStore } from './service.js';

const MINUTE = 60_000;

describe('what is being watched', () => {
  let store: TestStore;
  const clock = new ManualClock(NOW_MS);
  const told = async (): Promise<readonly string[]> =>
    (await watchOf(dependenciesOn(store, { clock }))).warnings.filter((text) => text.includes('not seen'));

  beforeAll(async () => {
    store = await emptyStore();
    await leave(store, { anomalies: [], changes: [], notifications: [], records: RECORDS });
  });
  afterAll(() => store.destroy());

  it('is told of where windows are behind, and whether they are being caught up with', async () => {
    expect(await told()).toEqual([]);
    clock.set(NOW_MS + 60 * MINUTE);
    expect(await told()).toEqual(['No window has been finished lately: what happens now is not seen.']);
    const newest = RECORDS.reduce((one, other) => (other.window.end > one.window.end ? other : one));
    const { start, end } = newest.window;
    const next = {
      ...newest,
      window: { start: end, end: end + end - start },
      recordedAtMs: clock.now() - MINUTE,
    };
    await leave(store, { anomalies: [], changes: [], notifications: [], records: [next] });
    expect(await told()).toEqual(['Catching up with earlier windows: what happens now is not seen yet.']);
  });

  it('is told of where the newest windows were scored ahead of their turn', async () => {
    const [record] = (await store.reader.windows({ limit: 1 })).items;
    const { end } = record!.window;
    const window = { start: end, end: end + MINUTE };
    await leave(store, {
      anomalies: [],
      changes: [],
      notifications: [],
      records: [{ ...record!, window, reason: 'ahead' }],
    });
    const { warnings } = await watchOf(dependenciesOn(store, { clock }));
    expect(warnings).toContain('Catching up: windows before the newest ones are not scored yet.');
    const service = await serve(dependenciesOn(store, { clock: { now: () => end + 2 * MINUTE } }));
    for (const path of ['/', '/coverage']) {
      const page = await (await fetch(service.address + path)).text();
      expect(page).toMatch(/earlier (ones|windows) follow/);
      expect(page).not.toContain('up to date');
    }
    await service.close();
  });
});
