/**
 * Simulated traffic: days of history at once, then what happens now, as it happens.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventSource } from '../collect/ports.js';
import type { Clock } from '../domain/clock.js';
import type { RawBatch } from '../domain/raw.js';
import type { StateStore } from '../store/ports.js';
import { DEMO_HISTORY_MS, demoSimulation } from '../simulate/demo.js';
import type { SimulatedEvent } from '../simulate/event.js';
import { zeekRecord } from '../simulate/formats/record.js';
import type { Simulation } from '../simulate/simulation.js';
import type { Feed } from './feed.js';
import type { Ingester } from './ingest.js';

/** What the feed works with. */
export interface SimulatedFeedParts {
  readonly ingester: Ingester;
  readonly events: Pick<EventSource, 'range'>;
  readonly states: StateStore;
  readonly clock: Clock;
  /** Sees how many events of the history are stored. */
  readonly onProgress: (events: number) => void;
}

const SOURCE = 'simulated traffic';
const STATE = 'simulation';
const LIVE_EVERY_MS = 2_000;

/** Feeds the demonstration's simulation; a restart goes on with the same one. */
export class SimulatedFeed implements Feed {
  private doneMs = 0;
  private stored = 0;
  private simulation: Simulation | undefined;

  constructor(private readonly parts: SimulatedFeedParts) {}

  async catchUp(signal: AbortSignal): Promise<void> {
    const { clock, events } = this.parts;
    const nowMs = clock.now();
    const anchorMs = await this.anchor(nowMs);
    this.simulation = demoSimulation(anchorMs);
    const range = await events.range();
    this.doneMs = range?.end ?? anchorMs - DEMO_HISTORY_MS;
    await this.advance(nowMs, signal);
  }

  async follow(signal: AbortSignal, onStored: () => void): Promise<void> {
    while (!signal.aborted) {
      await delay(LIVE_EVERY_MS, undefined, { signal });
      await this.advance(this.parts.clock.now(), signal);
      onStored();
    }
  }

  /** When the demonstration began for the first time: its attacks are planted around then. */
  private async anchor(nowMs: number): Promise<number> {
    const known = await this.parts.states.getState(STATE);
    if (known) return (JSON.parse(known.value) as { anchorMs: number }).anchorMs;
    await this.parts.states.putState(STATE, JSON.stringify({ anchorMs: nowMs }), null);
    return nowMs;
  }

  private async advance(untilMs: number, signal: AbortSignal): Promise<void> {
    for (const events of this.simulation!.eventsBetween(this.doneMs, untilMs)) {
      signal.throwIfAborted();
      await this.parts.ingester.add(batchOf(events, this.stored));
      this.stored += events.length;
      this.parts.onProgress(this.stored);
    }
    await this.parts.ingester.flush();
    this.doneMs = Math.max(this.doneMs, untilMs);
  }
}

function batchOf(events: readonly SimulatedEvent[], before: number): RawBatch {
  return {
    source: SOURCE,
    format: 'zeek',
    records: events.map(zeekRecord),
    places: events.map((_, i) => before + i + 1),
  };
}
