/**
 * Small logs on disk, and what reading them comes to.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileCollector } from '../../src/collect/collector.js';
import { collectOptions } from '../../src/collect/options.js';
import { SampleQuarantine } from '../../src/collect/quarantine.js';
import type { SourceCoverage } from '../../src/domain/coverage.js';
import type { WindowEvents } from '../../src/domain/events.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { Normalizer } from '../../src/normalize/normalizer.js';
import { normalizeOptions } from '../../src/normalize/options.js';
import { privacyOptions } from '../../src/normalize/privacy-options.js';

export const NOW_MS = Date.UTC(2026, 10, 24);
export const WINDOW_MS = 300_000;

export type CollectInput = Parameters<typeof collectOptions.parse>[0];

/** A folder for the files of one suite; call `remove` when it is done. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'elkhound-collect-'));

  /** Writes a file and returns its path. */
  write(name: string, content: string | Buffer): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Removes what is in it. */
  empty(): void {
    for (const name of readdirSync(this.path))
      rmSync(join(this.path, name), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** All batches of files. */
export async function batchesOf(names: readonly string[], options?: CollectInput): Promise<RawBatch[]> {
  const collector = await FileCollector.open(names, collectOptions.parse(options));
  const batches: RawBatch[] = [];
  for await (const batch of collector.batches()) batches.push(batch);
  collector.close();
  return batches;
}

/** All records of files, in the order of reading. */
export async function recordsOf(names: readonly string[], options?: CollectInput): Promise<unknown[]> {
  return (await batchesOf(names, options)).flatMap(({ records }) => records);
}

/** What files come to. */
export interface Normalized {
  readonly windows: readonly WindowEvents[];
  readonly coverage: readonly SourceCoverage[];
  readonly quarantine: SampleQuarantine;
}

/** Normalizes batches. */
export function normalize(batches: readonly RawBatch[], options?: unknown): Normalized {
  const quarantine = new SampleQuarantine();
  const normalizer = new Normalizer({
    options: normalizeOptions.parse(options),
    privacy: privacyOptions.parse(undefined),
    windowLengthMs: WINDOW_MS,
    quarantine,
    referenceMs: NOW_MS,
  });
  for (const batch of batches) normalizer.add(batch);
  return { windows: normalizer.close(Infinity), coverage: normalizer.coverage(), quarantine };
}

/** The columns of all events as objects, names instead of dictionary ids, oldest window first. */
export function eventsOf({ windows }: Pick<Normalized, 'windows'>): Record<string, unknown>[] {
  return windows.flatMap(({ events }) =>
    Array.from({ length: events.length }, (_, row) => ({
      ...Object.fromEntries(
        Object.entries(events.columns).map(([name, column]: [string, ArrayLike<number>]) => [
          name,
          NAMES.has(name) ? events.names.value(column[row]!) : column[row],
        ]),
      ),
      id: events.ids[row],
    })),
  );
}

const NAMES = new Set([
  'source',
  'destination',
  'name',
  'domain',
  'agent',
  'user',
  'rule',
  'service',
  'observer',
  'label',
]);
