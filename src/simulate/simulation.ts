/**
 * Seeded traffic of an office network with attacks planted in it. What happens in an hour depends
 * on the options and the hour alone, so pieces generated at different times fit together.
 */
import { Random } from '../domain/random.js';
import type { AttackPlan } from './attacks/plan.js';
import { AttackStage } from './attacks/stage.js';
import type { PlantedAttack } from './attacks/attack.js';
import { Calendar, HOUR_MS } from './calendar.js';
import { IdCipher } from './connection-id.js';
import { EndedHour } from './ended-hour.js';
import type { SimulatedEvent } from './event.js';
import type { EventLog } from './event-log.js';
import { Network } from './network.js';
import { Recorder } from './recorder.js';
import { recordNetworkHour } from './traffic/network-hour.js';

/** Of what a simulation depends. */
export interface SimulationOptions {
  /** Unsigned 32-bit integer: names a network and all that happens in it. */
  readonly seed: number;
  /** Number of hosts, 20 or more. */
  readonly hosts: number;
  /** Factor on how often things happen: 1 is a usual office, with about 1,000 events per host and day. */
  readonly rate: number;
  /** IANA zone in which people work. */
  readonly timeZone: string;
  readonly plan: AttackPlan;
}

/** Longest time from a conversation's begin to its record. */
const LONGEST_HOURS = 5;
const CHUNK = 5_000;

/** A network and its traffic. */
export class Simulation {
  readonly network: Network;
  private readonly calendar: Calendar;
  private readonly cipher: IdCipher;
  private readonly stage: AttackStage;
  /** The hour that was made last, if any. */
  private last: EndedHour | undefined;

  constructor(private readonly options: SimulationOptions) {
    const root = new Random(options.seed);
    this.network = new Network(options.hosts, root.derive('network'));
    this.calendar = new Calendar(options.timeZone);
    this.cipher = new IdCipher(root.derive('ids').next32());
    this.stage = new AttackStage(
      this.network,
      this.calendar,
      this.cipher,
      root.derive('attacks'),
      options.plan,
    );
  }

  /**
   * Events that end in `[fromMs, toMs)`, in order of their end, in chunks of a few thousand.
   * Going on where the last call ended costs what is new; going elsewhere costs some hours more.
   */
  *eventsBetween(fromMs: number, toMs: number): Generator<SimulatedEvent[]> {
    for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
      const ended = this.endedIn(hour);
      const end = ended.before(toMs);
      for (let at = ended.before(fromMs); at < end; at += CHUNK)
        yield ended.slice(at, Math.min(at + CHUNK, end));
    }
  }

  /** What is true of the attacks with records that end in `[fromMs, toMs)`, in order of their begin. */
  truth(fromMs: number, toMs: number): PlantedAttack[] {
    return this.stage.truth(fromMs, toMs);
  }

  private endedIn(hour: number): EndedHour {
    const { last } = this;
    if (last?.hour === hour) return last;
    let ended = last?.hour === hour - 1 ? last : undefined;
    for (let next = ended ? hour : hour - LONGEST_HOURS; next <= hour; next++) {
      const startMs = next * HOUR_MS;
      const attacks = this.stage.eventsEndingIn(startMs, startMs + HOUR_MS);
      ended = new EndedHour(next, this.begin(next), ended?.later ?? [], attacks);
    }
    return (this.last = ended!);
  }

  /** Normal traffic that begins in an hour. */
  private begin(hour: number): EventLog {
    const bounds = { fromMs: hour * HOUR_MS, toMs: (hour + LONGEST_HOURS) * HOUR_MS - 1 };
    const record = new Recorder(this.network.random, this.cipher, hour, 0, bounds);
    recordNetworkHour(this.network, this.calendar.hour(hour), this.options.rate, record);
    return record.log;
  }
}
