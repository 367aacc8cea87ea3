/**
 * A real chromium. Where there is none the tests that need it do not run and say so;
 * with ELKHOUND_REQUIRE_BROWSER or CI set that is a failure.
 */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const required = ['ELKHOUND_REQUIRE_BROWSER', 'CI'].some((name) => (process.env[name] ?? '') !== '');

/** `describe` where a browser is there. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (existsSync(PATH) || required) describe(name, tests);
  else {
    // eslint-disable-next-line no-console -- it must be seen that something was not tested
    console.warn(`NOT TESTED: ${name}: there is no chromium at ${PATH} (set CHROMIUM_PATH)`);
    describe.skip(name, tests);
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, args: ARGUMENTS });
}

/** A page in Berlin, and what its console and its scripts complained about. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ timezoneId: 'Europe/Berlin', locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== 'file:' && hostname !== '127.0.0.1') complaints.push(`request to ${request.url()}`);
  });
  return { page, complaints };
}
