import type { Browser } from 'playwright-core';
import { ANOMALIES, EPISODES } from '../api/fixtures.js';
import { dependenciesOn, filledStore, serve, type RunningService, type TestStore } from '../api/service.js';
import { contrastFaults, documentFaults } from './accessibility.js';
import { describeInBrowser, launch, openPage } from './browser.js';

const SWEEP = EPISODES.find(({ behavior }) => behavior === 'host_sweep')!;
const PAIR = '/entities/pair/10.0.4.80%3E192.0.2.66%3A3333%2Ftcp';
const PAGES: readonly string[] = [
  '/',
  `/anomalies/${SWEEP.id}`,
  '/entities/host/10.0.3.41?range=24h',
  PAIR,
  '/coverage',
  '/?severity=critical&entity=nobody',
  '/anomalies/none',
];

let store: TestStore;
let service: RunningService;
let browser: Browser;

describeInBrowser('pages', () => {
  beforeAll(async () => {
    store = await filledStore();
    service = await serve(dependenciesOn(store));
    browser = await launch();
  });

  afterAll(async () => {
    await browser.close();
    await service.close();
    await store.destroy();
  });

  describe.each(PAGES)('%s', (path) => {
    it.each(['light', 'dark'] as const)('is sound, readable and quiet in %s', async (colorScheme) => {
      const { page, complaints } = await openPage(browser, { colorScheme });
      await page.goto(service.address + path);
      expect(await documentFaults(page)).toEqual([]);
      expect(await contrastFaults(page)).toEqual([]);
      const notFound = path === '/anomalies/none';
      expect(complaints.filter((complaint) => !(notFound && complaint.includes('404')))).toEqual([]);
      await page.context().close();
    });

    it('fits a phone, and works without scripts', async () => {
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await openPage(browser, {
          viewport: { width: 375, height: 740 },
          javaScriptEnabled,
          isMobile: true,
          hasTouch: true,
        });
        await page.goto(service.address + path);
        const width = javaScriptEnabled
          ? await page.evaluate('document.documentElement.scrollWidth')
          : (await page.locator('main').boundingBox())!.width;
        expect(width).toBeLessThanOrEqual(375);
        expect(await page.locator('h1').isVisible()).toBe(true);
        await page.context().close();
      }
    });
  });

  it('are held to checks that do find faults', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${service.address}/sign-in-is-not-here`);
    await page.locator('main').evaluate((main) => {
      const faint = document.createElement('h4');
      faint.style.color = '#999999';
      faint.textContent = 'faint';
      main.append(
        faint,
        document.createElement('button'),
        document.createElement('input'),
        document.createElement('h1'),
      );
    });
    expect(await contrastFaults(page)).toEqual([expect.stringContaining('"faint"')]);
    expect((await documentFaults(page)).map((fault) => fault.split(':')[0])).toEqual([
      'not exactly one h1',
      'no name',
      'no label',
      'heading skips a level',
    ]);
    await page.context().close();
  });

  it('say at one glance what, who, how strange, since when', async () => {
    const { page } = await openPage(browser);
    await page.goto(service.address);
    const first = page.locator('.episode').first();
    for (const text of ['Critical', '203.0.113.77', 'Credential stuffing', 'ongoing', '35 min', '0.999']) {
      expect(await first.innerText()).toContain(text);
    }
    expect(await page.title()).toBe('4 ongoing, worst critical · Elkhound');
    expect(await page.locator('.episode').count()).toBe(EPISODES.length);
    await page.context().close();
  });

  it('filter by a change of the form and by the counts', async () => {
    const { page } = await openPage(browser);
    await page.goto(service.address);
    await page.getByLabel('Behavior').selectOption('dns_tunnel');
    await page.waitForURL(/behavior=dns_tunnel/);
    expect(await page.locator('.episode').count()).toBe(1);
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.locator('.summary a', { hasText: 'critical' }).click();
    await page.waitForURL(/severity=critical/);
    expect(await page.locator('.episode').count()).toBe(2);
    await page.context().close();
  });

  it('can be walked by keyboard', async () => {
    const { page } = await openPage(browser);
    await page.goto(service.address);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: expect.any(Number) as number });
    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
    expect(await page.evaluate('document.activeElement.textContent')).toBe(SWEEP.reason);
    const outline = await page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle");
    expect(outline).toBe('solid');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.name')).toBe('entity');
    await page.keyboard.type('10.0.1.9');
    await page.keyboard.press('Enter');
    await page.waitForURL(/entity=10\.0\.1\.9/);
    await page.keyboard.press('?');
    expect(await page.locator('#shortcuts').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/anomalies\//);
    expect(await page.locator('h1').innerText()).toContain('386 different names');
    await page.keyboard.press('u');
    await page.waitForURL(`${service.address}/`);
    await page.context().close();
  });

  it('remember the chosen theme', async () => {
    const { page } = await openPage(browser, { colorScheme: 'light' });
    await page.goto(service.address);
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.goto(`${service.address}/coverage`);
    expect(await background()).toBe(dark);
    await page.keyboard.press('t');
    expect(await background()).toBe(light);
    await page.context().close();
  });

  it('show times in the zone of the reader, and in UTC beside them', async () => {
    const { page } = await openPage(browser, { timezoneId: 'Asia/Tokyo' });
    await page.goto(`${service.address}/anomalies/${SWEEP.id}`);
    const facts = await page.locator('.key-facts').innerText();
    expect(facts).toContain('11:25');
    expect(facts).toContain('2026-11-23 02:25–02:30 UTC');
    expect(await page.locator('footer').last().innerText()).toContain('Asia/Tokyo');
    await page.context().close();
  });

  it('show typical against actual, what to check, and the raw record on demand', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${service.address}/anomalies/${SWEEP.id}`);
    expect(
      await page
        .getByRole('img', { name: 'hosts contacted on one port: 812, usually 3, up to 9 · 271×' })
        .isVisible(),
    ).toBe(true);
    expect(await page.getByRole('heading', { name: 'What to check next' }).isVisible()).toBe(true);
    await page.locator('.event summary').first().click();
    expect(await page.locator('.event pre').first().innerText()).toContain('"id.orig_h": "10.0.3.41"');
    await page.locator('.timeline a').first().click();
    const first = ANOMALIES.find(({ episode }) => episode === SWEEP.id)!;
    await page.waitForURL(`${service.address}/anomalies/${first.id}`);
    await page.locator('.key-facts a').first().click();
    await page.waitForURL(/\/entities\/host\/10\.0\.3\.41\?at=/);
    expect(await page.locator('.chart canvas').count()).toBe(1);
    expect(await page.locator('tr.marked').count()).toBe(1);
    await page.context().close();
  });

  it('stand still for those who asked for it', async () => {
    const { page } = await openPage(browser, { reducedMotion: 'reduce' });
    await page.goto(service.address);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.ongoing i')).animationName")).toBe(
      'none',
    );
    await page.context().close();
  });

  it('refresh what changed, and leave focus and scroll alone', async () => {
    const { page, complaints } = await openPage(browser, { viewport: { width: 1000, height: 300 } });
    await page.clock.install();
    await page.goto(service.address);
    const focused = () =>
      page.evaluate(
        '[document.activeElement.href, Math.round(document.activeElement.getBoundingClientRect().top)]',
      );
    await page.locator('.main-link').nth(4).focus();
    const before = await focused();
    await store.results.save(
      [...ANOMALIES.slice(0, 1)].map((anomaly) => ({ ...anomaly, id: 'new', episode: 'new' })),
      [],
    );
    await page.clock.runFor(21_000);
    await page.locator('.episode').nth(EPISODES.length).waitFor();
    expect(await focused()).toEqual(before);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
