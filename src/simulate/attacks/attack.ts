/**
 * What an attack is made of, and what is known to be true of it.
 */
import type { Random } from '../../domain/random.js';
import type { Behavior } from '../../domain/anomaly.js';
import type { LocalHour } from '../calendar.js';
import { pick } from '../distributions.js';
import type { Client, Host, Network } from '../network.js';
import type { Endpoint } from '../conversation.js';
import type { Recorder } from '../recorder.js';
import { HostHour } from '../traffic/host-hour.js';

/** Whom an attack concerns: what a finding about it must name. Ports are destination ports. */
export interface AttackedEntity {
  readonly kind: 'host' | 'pair' | 'user' | 'service';
  readonly source?: string;
  readonly destination?: string;
  readonly port?: number;
  readonly user?: string;
}

/** What an attack is called: the behavior that names it, where one does. */
export type AttackKind = Behavior | 'beacon';

/** What a played attack tells of itself. */
export interface AttackStory {
  readonly entities: readonly AttackedEntity[];
  /** One sentence for people. */
  readonly description: string;
}

/** One way to attack. */
export interface Attack {
  /** Names it on the command line, and begins its id: `port-scan`. */
  readonly name: string;
  readonly kind: AttackKind;
  /** MITRE ATT&CK technique. */
  readonly technique: string;
  /** Plain to see within minutes; the others take their time or look like work. */
  readonly loud: boolean;
  /** When it is begun, local time of day, hours; may lie beyond 24. */
  readonly from: number;
  readonly to: number;
  /** Records all of it. */
  readonly play: (scene: Scene) => AttackStory;
}

/** An attack at its time. */
export interface PlannedAttack {
  readonly attack: Attack;
  readonly startMs: number;
  /** Names it in its plan. */
  readonly number: number;
}

/** The truth about an attack, as `truth.json` holds it. */
export interface PlantedAttack extends AttackStory {
  readonly id: string;
  readonly name: string;
  readonly kind: AttackKind;
  readonly technique: string;
  readonly loud: boolean;
  /** Begin of its first and end of its last record in the range, ISO 8601. */
  readonly start: string;
  readonly end: string;
  /** Records of it in the range. */
  readonly events: number;
}

/** Where an attack takes place, and what attacks have in common. */
export class Scene {
  /**
   * @param record takes what the attack leaves on the wire
   * @param random stream of this attack
   * @param hour in which it begins
   */
  constructor(
    readonly network: Network,
    readonly record: Recorder,
    readonly random: Random,
    readonly hour: LocalHour,
    readonly startMs: number,
  ) {}

  /** Acts as one of the own hosts. */
  as(host: Host): HostHour {
    return new HostHour(this.network, this.hour, 1, this.record, host, this.random);
  }

  /** A client that stays in the office and on, so that it can be made use of at any hour. */
  steadyClient(): Client {
    const { clients } = this.network;
    const steady = clients.filter(({ alwaysOn, remote }) => alwaysOn && !remote);
    return pick(this.random, steady.length > 0 ? steady : clients);
  }

  /** Somebody outside, at an address set aside for documentation. */
  outsider(): Endpoint {
    const network = pick(this.random, ['192.0.2', '198.51.100', '203.0.113']);
    return { address: `${network}.${String(1 + this.random.int(254))}`, headerBytes: 40 };
  }

  /** A domain that somebody outside has registered for the purpose. */
  domain(): string {
    const letters = Array.from({ length: 9 }, () => String.fromCharCode(97 + this.random.int(26)));
    return `${letters.join('')}.${pick(this.random, ['example', 'test', 'invalid'])}`;
  }

  /** Moments from the begin on, every `periodMs`, give or take the share `jitter` of it. */
  *every(periodMs: number, jitter: number, durationMs: number): Generator<number> {
    for (
      let passedMs = 0;
      passedMs < durationMs;
      passedMs += periodMs * (1 + jitter * (2 * this.random.next() - 1))
    ) {
      yield this.startMs + passedMs;
    }
  }
}
