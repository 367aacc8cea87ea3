/**
 * Sensors that see a simulated network, and what goes wrong with them.
 */
import type { SimulatedEvent } from './event.js';

/** What can happen to what a sensor tells. */
type FaultKind =
  /** Nothing comes, and is lost. */
  | 'dead'
  /** Everything comes twice, the second time under other ids and a moment later. */
  | 'doubled'
  /** Nothing comes; afterwards all of it comes at once, with the time of its arrival. */
  | 'outage';

/** A fault of a sensor. */
export interface SensorFault {
  readonly kind: FaultKind;
  /** Absent where it befalls all of them. */
  readonly sensor?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** An event as a sensor tells it. */
export interface SensedEvent {
  readonly sensor: string;
  readonly event: SimulatedEvent;
}

/** The sensors; each sees one half of the hosts. */
export const SENSORS = ['sensor-1', 'sensor-2'] as const;

/** How much later a second sensor tells of an event, milliseconds. */
const LATER_MS = 40;
/** What an outage has held back arrives within this time. */
export const ARRIVAL_MS = 120_000;
/** Sets the ids of the second telling apart. */
const OTHER_IDS = 0x5bd1e995;

/** The sensor that sees the traffic of a host. */
function sensorOf({ source }: Pick<SimulatedEvent, 'source'>): string {
  let hash = 0;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return SENSORS[(hash >>> 8) & 1]!;
}

/** Turns what happened into what the sensors told of it; events come in the order of their end. */
export class FaultySensors {
  private held: SensedEvent[] = [];

  constructor(private readonly faults: readonly SensorFault[]) {}

  /** What is told of events, in the order of their end. */
  sense(events: readonly SimulatedEvent[]): SensedEvent[] {
    const told: SensedEvent[] = [];
    for (const event of events) {
      const sensor = sensorOf(event);
      const fault = this.faultAt(sensor, event.endMs);
      told.push(...this.arrived(event.endMs));
      if (fault?.kind === 'outage') this.held.push({ sensor, event });
      else if (fault?.kind !== 'dead') told.push({ sensor, event });
      if (fault?.kind === 'doubled') told.push({ sensor, event: toldAgain(event) });
    }
    return told.sort((a, b) => a.event.endMs - b.event.endMs);
  }

  private faultAt(sensor: string, timeMs: number): SensorFault | undefined {
    return this.faults.find(
      (fault) => (fault.sensor ?? sensor) === sensor && timeMs >= fault.fromMs && timeMs < fault.toMs,
    );
  }

  /** What was held back, once the outage is over. */
  private arrived(nowMs: number): SensedEvent[] {
    const ended = this.faults.find(
      ({ kind, toMs }) => kind === 'outage' && toMs <= nowMs && this.held.length > 0,
    );
    if (!ended) return [];
    const { held } = this;
    this.held = [];
    return held.map(({ sensor, event }, i) => ({
      sensor,
      event: movedTo(event, ended.toMs + Math.floor((i / held.length) * ARRIVAL_MS)),
    }));
  }
}

function toldAgain(event: SimulatedEvent): SimulatedEvent {
  const moved = movedTo(event, event.endMs + LATER_MS);
  return { ...moved, idLow: (event.idLow ^ OTHER_IDS) | 0 };
}

function movedTo(event: SimulatedEvent, endMs: number): SimulatedEvent {
  return { ...event, startMs: event.startMs + (endMs - event.endMs), endMs };
}
