/**
 * Plays planned attacks, each once, and keeps what they leave until it has been asked for.
 */
import type { Random } from '../../domain/random.js';
import { DAY_MS, HOUR_MS, type Calendar } from '../calendar.js';
import type { IdCipher } from '../connection-id.js';
import type { SimulatedEvent } from '../event.js';
import type { EventLog } from '../event-log.js';
import type { Network } from '../network.js';
import { Recorder } from '../recorder.js';
import { Scene, type AttackStory, type PlannedAttack, type PlantedAttack } from './attack.js';
import type { AttackPlan } from './plan.js';

/** Longest time from the begin of an attack to its last record. */
const LONGEST_MS = 2 * DAY_MS;
/** Ids of attacks lie above those of normal traffic, and {@link ID_BLOCK} apart. */
const FIRST_ID = 0x8000_0000;
const ID_BLOCK = 0x1_0000;
const ID_BLOCKS = 0x8000;

interface Played {
  readonly id: string;
  readonly story: AttackStory;
  /** In order of their end. */
  readonly events: readonly SimulatedEvent[];
}

/** Attacks by time. */
export class AttackStage {
  /** By number of the planned attack. */
  private readonly played = new Map<number, Played>();

  constructor(
    private readonly network: Network,
    private readonly calendar: Calendar,
    private readonly cipher: IdCipher,
    private readonly random: Random,
    private readonly plan: AttackPlan,
  ) {}

  /** Records of all attacks that end in `[fromMs, toMs)`, attack by attack. */
  eventsEndingIn(fromMs: number, toMs: number): SimulatedEvent[] {
    return this.kept(this.begunAround(fromMs, toMs)).flatMap(({ events }) =>
      events.filter(({ endMs }) => endMs >= fromMs && endMs < toMs),
    );
  }

  /** What is true of the attacks with records that end in `[fromMs, toMs)`. */
  truth(fromMs: number, toMs: number): PlantedAttack[] {
    return this.begunAround(fromMs, toMs).flatMap((planned) => {
      const { id, story, events } = this.played.get(planned.number) ?? this.play(planned);
      const { attack } = planned;
      const inRange = events.filter(({ endMs }) => endMs >= fromMs && endMs < toMs);
      const last = inRange.at(-1);
      if (last === undefined) return [];
      const start = inRange.reduce((first, { startMs }) => Math.min(first, startMs), last.startMs);
      const { name, kind, technique, loud } = attack;
      return [
        {
          id,
          name,
          kind,
          ...story,
          start: new Date(start).toISOString(),
          end: new Date(last.endMs).toISOString(),
          events: inRange.length,
          technique,
          loud,
        },
      ];
    });
  }

  /** Attacks that may have records that end in `[fromMs, toMs)`. */
  private begunAround(fromMs: number, toMs: number): readonly PlannedAttack[] {
    return this.plan(fromMs - LONGEST_MS, toMs);
  }

  /** Plays attacks and keeps them until others are asked for. */
  private kept(wanted: readonly PlannedAttack[]): Played[] {
    const numbers = new Set(wanted.map(({ number }) => number));
    for (const number of this.played.keys()) if (!numbers.has(number)) this.played.delete(number);
    return wanted.map((planned) => {
      const played = this.played.get(planned.number) ?? this.play(planned);
      this.played.set(planned.number, played);
      return played;
    });
  }

  private play(planned: PlannedAttack): Played {
    const { attack, startMs, number } = planned;
    const id = `${attack.name}-${new Date(startMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
    const random = this.random.derive(id, number);
    const hour = this.calendar.hour(Math.floor(startMs / HOUR_MS));
    const firstId = FIRST_ID + (number % ID_BLOCKS) * ID_BLOCK;
    const bounds = { fromMs: startMs, toMs: startMs + LONGEST_MS - 1 };
    const record = new Recorder(random, this.cipher, hour.index, firstId, bounds, id);
    const story = attack.play(new Scene(this.network, record, random, hour, startMs));
    return {
      id,
      story,
      events: inOrderOfEnd(record.log),
    };
  }
}

function inOrderOfEnd(log: EventLog): SimulatedEvent[] {
  const events = Array.from({ length: log.length }, (_, row) => log.at(row));
  return events.sort((a, b) => a.endMs - b.endMs);
}
