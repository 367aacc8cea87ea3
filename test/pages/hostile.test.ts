import type { Browser } from 'playwright-core';
import type { Anomaly, Episode, WindowRecord } from '../../src/domain/anomaly.js';
import type { NotificationRecord } from '../../src/alert/ports.js';
import { renderReport } from '../../src/api/pages/report-page.js';
import { entityPath } from '../../src/api/pages/links.js';
import { ANCHOR_MS, ANOMALIES, EPISODES, NOTIFICATIONS, RECORDS } from '../api/fixtures.js';
import {
  dependenciesOn,
  emptyStore,
  INFO,
  MODEL,
  serve,
  type RunningService,
  type TestStore,
} from '../api/service.js';
import { describeInBrowser, launch, openPage } from './browser.js';

/** Runs if it ever becomes markup, an attribute, a script, a style or an address. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "' onmouseover='alert(3)' x='",
  '</title></style></textarea></pre><svg onload=alert(4)>',
  'javascript:alert(5)',
  '{{7*7}}${alert(6)}`',
  '<!--><script>alert(7)</script>-->',
  '\u202eexe.txt\u0000\ud800',
  '__proto__',
  '../../..',
] as const;
const NASTY = ATTACKS.join(' ');

/** The same value with every text in it replaced, apart from those that a closed list allows. */
function poison<T>(value: T, keep: ReadonlySet<string>): T {
  const visit = (inner: unknown, key: string): unknown => {
    if (typeof inner === 'string') return keep.has(key) ? inner : NASTY;
    if (Array.isArray(inner)) return inner.map((item) => visit(item, key));
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, visit(part, name)]));
  };
  return visit(value, '') as T;
}

const KEPT = new Set([
  'kind',
  'behavior',
  'severity',
  'rung',
  'status',
  'job',
  'change',
  'state',
  'episode',
  'anomaly',
]);
const anomaly: Anomaly = { ...poison(ANOMALIES[0]!, KEPT), id: 'a', labels: [NASTY] };
const episode: Episode = { ...poison(EPISODES[0]!, KEPT), id: anomaly.episode };
const record: WindowRecord = {
  ...poison(RECORDS.at(-1)!, KEPT),
  status: 'skipped',
  reason: NASTY,
  coverage: [
    {
      source: NASTY,
      read: 9,
      events: 1,
      duplicates: 1,
      filtered: {},
      quarantined: { [NASTY]: 7, ['__proto__']: 1 },
    },
  ],
  entities: { [NASTY]: 3 },
};
const notification: NotificationRecord = {
  ...poison(NOTIFICATIONS[0]!, KEPT),
  notification: {
    ...poison(NOTIFICATIONS[0]!.notification, KEPT),
    id: 'n',
    change: { episode, change: 'raised' },
  },
};

let store: TestStore;
let service: RunningService;
let browser: Browser;

describeInBrowser('hostile values', () => {
  beforeAll(async () => {
    store = await emptyStore();
    await store.results.save([anomaly], [{ episode, change: 'opened' }]);
    await store.results.close(record);
    await store.notifications.create(notification.notification);
    await store.notifications.update(notification.notification, notification.delivery);
    const raw = JSON.parse(
      `{"__proto__":{"polluted":true},${JSON.stringify(NASTY)}:${JSON.stringify(NASTY)}}`,
    ) as unknown;
    await store.sink.append([
      {
        id: 'raw',
        source: NASTY,
        format: 'ecs',
        place: 1,
        endMs: anomaly.window.start,
        entities: [NASTY],
        record: raw,
      },
    ]);
    const health = { report: () => ({ ready: false, checks: [{ name: NASTY, ok: false, detail: NASTY }] }) };
    const model = (): Promise<typeof MODEL> => Promise.resolve({ ...MODEL, id: NASTY });
    service = await serve(
      dependenciesOn(store, { health, model, info: { ...INFO, version: NASTY, sites: [NASTY] } }),
    );
    browser = await launch();
  });

  afterAll(async () => {
    await browser.close();
    await service.close();
    await store.destroy();
  });

  it.each([
    '/',
    `/?entity=${encodeURIComponent(NASTY.replace('\ud800', '').slice(0, 300))}`,
    '/anomalies/a',
    entityPath(anomaly.entity),
    '/coverage',
    `/anomalies/${encodeURIComponent('<script>alert(1)</script>')}`,
  ])('stay text on %s', async (path) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(service.address + path);
    for (const details of await page.locator('details:not([open]) > summary').all()) {
      if (await details.isVisible()) await details.click();
    }
    await page.mouse.move(300, 300);
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    expect(await page.locator('main script, main img, [onerror], [onload], [onmouseover]').count()).toBe(0);
    expect(await page.evaluate('({}).polluted')).toBeUndefined();
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    await page.context().close();
  });

  it('are shown as they are, the deceptive ones written out', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${service.address}/anomalies/a`);
    const headline = await page.locator('h1').innerText();
    expect(headline).toContain('<script>alert(1)</script>');
    expect(headline).toContain('\\u202eexe.txt\\u0000');
    await page.context().close();
  });

  it.each(['.', '..', '../..', 'a/b', '%2F', '?#'])(
    'name an entity %j whose page is reached by its link',
    async (id) => {
      const { page } = await openPage(browser);
      await page.goto(service.address + entityPath({ kind: 'user', id }));
      expect(await page.locator('h1').innerText()).toBe(id);
      await page.context().close();
    },
  );

  it('stay text in a report, which loads nothing', async () => {
    const { page, complaints } = await openPage(browser);
    const range = { start: ANCHOR_MS - 86_400_000, end: ANCHOR_MS };
    const report = renderReport({
      title: NASTY,
      version: NASTY,
      generatedAtMs: ANCHOR_MS,
      range,
      episodes: [episode],
      anomalies: [anomaly],
      coverage: record.coverage,
      notes: [NASTY],
      catalogue: {},
    });
    await page.setContent(report);
    await page.locator('summary').first().click();
    expect(complaints).toEqual([]);
    expect(await page.locator('script, img, link').count()).toBe(0);
    expect(await page.locator('.episode').count()).toBe(1);
    expect(await page.evaluate('getComputedStyle(document.querySelector(".episode")).borderLeftWidth')).toBe(
      '4px',
    );
    await page.context().close();
  });
});
