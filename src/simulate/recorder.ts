/**
 * Turns conversations into the records that a sensor would log of them.
 */
import type { Random } from '../domain/random.js';
import type { IdCipher } from './connection-id.js';
import type { Conversation, Endpoint, Question } from './conversation.js';
import { EventLog } from './event-log.js';
import {
  type HttpFacts,
  type KerberosFacts,
  type RdpFacts,
  type RecordKind,
  type SimulatedEvent,
  type SshFacts,
  type TlsFacts,
} from './event.js';
import { LATER_US, settle, wholeBytes } from './rounding.js';

/** Payload that fits into one packet. */
const SEGMENT = 1448;
const UDP_HEADER = 28;
const SYN_BYTES = 52;

/** A flow that has just been recorded, for the records of its application layer: its row in the log. */
export type Flow = number;

/** How a TCP conversation ends. */
type Ending = 'SF' | 'RSTO' | 'RSTR' | 'S1';
const HISTORY: Readonly<Record<Ending, readonly string[]>> = {
  SF: ['ShADadFf', 'ShADadfF', 'ShADadFfr', 'ShADdaFf', 'ShAdDaFf'],
  RSTO: ['ShADadR', 'ShADadfR', 'ShADadFR'],
  RSTR: ['ShADadr', 'ShADadFr'],
  S1: ['ShADad', 'ShAdDa'],
};

/** A stretch of time that holds all records. */
interface Bounds {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Collects the records of what starts in one hour, or belongs to one attack. */
export class Recorder {
  readonly log: EventLog;

  /**
   * @param random stream of the host and hour that is being recorded; set before each
   * @param hour index of the hour, part of each id
   * @param number of the next connection in the hour, part of each id
   * @param bounds of all records: what a habit would put just before the hour happens at its begin, since
   *   what was before is told already
   * @param attack id of the attack that is being recorded, else empty
   */
  constructor(
    public random: Random,
    private readonly cipher: IdCipher,
    private readonly hour: number,
    private number: number,
    private readonly bounds: Bounds,
    attack = '',
  ) {
    this.log = new EventLog(bounds.fromMs, attack);
  }

  /** A TCP conversation that took place. */
  tcp({ from, to, port, service, startMs, durationMs, up, down }: Conversation): Flow {
    const { random } = this;
    const dice = random.next();
    const ending: Ending = dice < 0.83 ? 'SF' : dice < 0.92 ? 'RSTO' : dice < 0.97 ? 'RSTR' : 'S1';
    const histories = HISTORY[ending];
    const sentUp = wholeBytes(up) || 1;
    const sentDown = wholeBytes(down) || 1;
    const dataUp = Math.ceil(sentUp / SEGMENT);
    const dataDown = Math.ceil(sentDown / SEGMENT);
    const packetsUp = 3 + dataUp + Math.ceil(dataDown / 2) + random.int(3);
    const packetsDown = 2 + dataDown + Math.ceil(dataUp / 2) + random.int(3);
    return this.flow(
      from.address,
      this.ephemeralPort(),
      to,
      port,
      'tcp',
      service,
      ending,
      histories[random.int(histories.length)]!,
      startMs,
      durationMs,
      sentUp,
      sentDown,
      sentUp + packetsUp * from.headerBytes,
      sentDown + packetsDown * from.headerBytes,
      packetsUp,
      packetsDown,
    );
  }

  /** A UDP conversation; `packet` is the payload of one packet. */
  udp({ from, to, port, service, startMs, durationMs, up, down }: Conversation, packet = 1200): Flow {
    const sentUp = wholeBytes(up);
    const sentDown = wholeBytes(down);
    const packetsUp = Math.max(1, Math.ceil(sentUp / packet));
    const packetsDown = Math.ceil(sentDown / packet);
    return this.flow(
      from.address,
      this.ephemeralPort(),
      to,
      port,
      'udp',
      service,
      packetsDown > 0 ? 'SF' : 'S0',
      packetsDown > 0 ? 'Dd' : 'D',
      startMs,
      durationMs,
      sentUp,
      sentDown,
      sentUp + packetsUp * UDP_HEADER,
      sentDown + packetsDown * UDP_HEADER,
      packetsUp,
      packetsDown,
    );
  }

  /** A TCP connection that the other side refuses. */
  refused(from: Endpoint, to: string, port: number, startMs: number): Flow {
    const durationMs = 0.2 + this.random.exponential(1);
    return this.flow(
      from.address,
      this.ephemeralPort(),
      to,
      port,
      'tcp',
      '',
      'REJ',
      'Sr',
      startMs,
      durationMs,
      0,
      0,
      SYN_BYTES,
      40,
      1,
      1,
    );
  }

  /** A TCP connection that nobody answers; `packets` is how often it was tried. */
  unanswered(from: Endpoint, to: string, port: number, startMs: number, packets = 3): Flow {
    const durationMs = packets === 1 ? 0 : 1000 * (2 ** (packets - 1) - 1) + this.random.int(40);
    return this.flow(
      from.address,
      this.ephemeralPort(),
      to,
      port,
      'tcp',
      '',
      'S0',
      'S',
      startMs,
      durationMs,
      0,
      0,
      SYN_BYTES * packets,
      0,
      packets,
      0,
    );
  }

  /** An ICMP echo, answered or not. */
  ping(from: Endpoint, to: string, startMs: number, answered: boolean): Flow {
    return this.flow(
      from.address,
      8,
      to,
      0,
      'icmp',
      '',
      'OTH',
      '',
      startMs,
      answered ? 0.3 + this.random.exponential(1) : 0,
      56,
      answered ? 56 : 0,
      84,
      answered ? 84 : 0,
      1,
      answered ? 1 : 0,
    );
  }

  /** A DNS question and its answer, with its flow. @returns when the answer came, milliseconds */
  lookup(
    from: Endpoint,
    resolver: string,
    startMs: number,
    rttMs: number,
    { query, type, code, answers, ttlSeconds }: Question,
  ): number {
    const up = 17 + query.length + 11;
    let down = up;
    for (const answer of answers) down += 12 + Math.min(answer.length, 255);
    const flow = this.udp(
      { from, to: resolver, port: 53, service: 'dns', startMs, durationMs: rttMs, up, down },
      4096,
    );
    const transaction = this.random.int(65_536);
    const rttUs = this.log.microsecondsOf(flow);
    this.moment('dns', { transaction, query, type, code, answers, ttlSeconds, rttUs }, flow, 0);
    return startMs + rttMs;
  }

  /** A request, that long after its flow began; the others likewise. */
  http(flow: Flow, afterMs: number, facts: HttpFacts): void {
    this.moment('http', facts, flow, afterMs);
  }

  tls(flow: Flow, afterMs: number, facts: TlsFacts): void {
    this.moment('tls', facts, flow, afterMs);
  }

  ssh(flow: Flow, afterMs: number, facts: SshFacts): void {
    this.moment('ssh', facts, flow, afterMs);
  }

  rdp(flow: Flow, afterMs: number, facts: RdpFacts): void {
    this.moment('rdp', facts, flow, afterMs);
  }

  kerberos(flow: Flow, afterMs: number, facts: KerberosFacts): void {
    this.moment('kerberos', facts, flow, afterMs);
  }

  /** A port as operating systems give them to clients. */
  private ephemeralPort(): number {
    return 49_152 + this.random.int(16_384);
  }

  private flow(
    source: string,
    sourcePort: number,
    destination: string,
    destinationPort: number,
    transport: 'tcp' | 'udp' | 'icmp',
    service: string,
    state: string,
    history: string,
    startMs: number,
    durationMs: number,
    sourcePayload: number,
    destinationPayload: number,
    sourceBytes: number,
    destinationBytes: number,
    sourcePackets: number,
    destinationPackets: number,
  ): Flow {
    this.cipher.name(this.hour, this.number++);
    // One packet takes no time.
    const lasts = sourcePackets + destinationPackets > 1;
    const start = this.within(startMs);
    const end = lasts ? this.within(start + durationMs) : start;
    const startWhole = Math.floor(start);
    const endWhole = Math.max(startWhole, Math.floor(end));
    return this.log.addFlow(
      this.cipher.high,
      this.cipher.low,
      startWhole,
      settle(start - startWhole),
      endWhole,
      settle(end - endWhole) + (lasts ? LATER_US : 0),
      source,
      sourcePort,
      destination,
      destinationPort,
      transport,
      service,
      state,
      history,
      sourcePayload,
      destinationPayload,
      sourceBytes,
      destinationBytes,
      sourcePackets,
      destinationPackets,
    );
  }

  private within(timeMs: number): number {
    return Math.min(Math.max(timeMs, this.bounds.fromMs), this.bounds.toMs);
  }

  /** A record that happens at one moment of its flow. */
  private moment(kind: RecordKind, facts: SimulatedEvent['facts'], flow: Flow, afterMs: number): void {
    const time = this.within(this.log.startOf(flow) + afterMs);
    const whole = Math.floor(time);
    this.log.addMoment(kind, facts, flow, whole, settle(time - whole));
  }
}
