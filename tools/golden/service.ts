/**
 * What a service on the embedded store finds in simulated logs that it reads from files.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Checkout } from './checkout.js';
import type { Findings } from './lines.js';

const SEEDS = [101, 201];
const SIMULATION = '--days 5 --calm 3 --hosts 60 --attacks all --start 2026-01-05T00:00:00Z'.split(' ');
const END = '2026-01-10T00:00:00Z';
const LISTS = ['anomalies', 'episodes', 'windows'];
const POLL_MS = 500;

interface Page {
  readonly items: readonly unknown[];
  readonly next?: string | null;
}

export async function* serviceFindings(checkout: Checkout): AsyncGenerator<Findings> {
  for (const seed of SEEDS) {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-golden-'));
    try {
      await checkout.succeed(['simulate', '-o', 'logs', '--seed', String(seed), ...SIMULATION], {}, folder);
      yield* served(checkout, folder, `service seed ${String(seed)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Reads all that there is, ends, and is then asked over its API. */
async function* served(checkout: Checkout, folder: string, name: string): AsyncGenerator<Findings> {
  writeFileSync(join(folder, 'elkhound.yml'), 'store: { home: data }\nschedule: { lateness: 30d }\n');
  const start = ['start', '--from', 'logs', '--no-follow'];
  await checkout.succeed([...start, '--port', '0', '--until', END], {}, folder);
  const child = checkout.start([...start, '--port', '0'], {}, folder);
  try {
    const address = await addressOf(child);
    for (const list of LISTS) yield { name: `${name} ${list}`, documents: await all(address, list) };
  } finally {
    child.kill('SIGTERM');
  }
}

async function addressOf(child: ReturnType<Checkout['start']>): Promise<string> {
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  for (;;) {
    const address = /http:\/\/[\w.:]+/.exec(said)?.[0];
    if (address !== undefined) return address;
    if (child.exitCode !== null) throw new Error(`the service ended:\n${said}`);
    await delay(POLL_MS);
  }
}

async function all(address: string, list: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let cursor = ''; ;) {
    const response = await fetch(`${address}/v1/${list}?to=${END}&limit=1000${cursor}`);
    if (!response.ok) throw new Error(`${list}: ${await response.text()}`);
    const { items, next } = (await response.json()) as Page;
    found.push(...items);
    if (next === undefined || next === null) return found;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}
