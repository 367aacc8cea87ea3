/**
 * Windows out of a store: one of them, or a stretch to learn from.
 */
import type { EventSource } from '../collect/ports.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { WindowEvents } from '../domain/events.js';
import type { Window } from '../domain/window.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { SiteEngines } from './sites.js';
import { Trainer } from './train.js';

/** What reading needs. */
export interface HistoryParts {
  readonly events: EventSource;
  readonly windowLengthMs: number;
  readonly options: { readonly detectors: DetectorOptions };
  /** A fresh normalizer for one window. */
  normalizer(): Normalizer;
}

/** The events of a window, each site by itself. */
export async function readWindow(
  { events, normalizer }: Pick<HistoryParts, 'events' | 'normalizer'>,
  window: Window,
  signal?: AbortSignal,
): Promise<WindowEvents[]> {
  const fresh = normalizer();
  for await (const batch of events.read(window, signal)) fresh.add(batch);
  return fresh.close(Infinity);
}

/** Feature rows of all windows of a range; the engines' state is advanced over it. */
export async function gatherHistory(
  parts: HistoryParts,
  range: Window,
  engines: SiteEngines,
  signal?: AbortSignal,
): Promise<Trainer> {
  const trainer = new Trainer(parts.options.detectors);
  for (const { window } of await parts.events.count(range, parts.windowLengthMs)) {
    signal?.throwIfAborted();
    for (const events of await readWindow(parts, window, signal)) {
      const features = engines.compute(events);
      trainer.add(features);
      engines.advance(features);
    }
  }
  return trainer;
}
