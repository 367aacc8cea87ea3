/**
 * Records of an hour as rows of numbers and texts. As tens of thousands of objects that wait for
 * their turn they would keep the garbage collector busier than everything else together.
 */
import type { RecordBase, RecordKind, SimulatedEvent } from './event.js';

/** Positions in a row of numbers; all are integers of 32 bits. */
const N = {
  idHigh: 0,
  idLow: 1,
  startMs: 2,
  startUs: 3,
  endMs: 4,
  endUs: 5,
  sourcePort: 6,
  destinationPort: 7,
  sourcePayload: 8,
  destinationPayload: 9,
  sourceBytes: 10,
  destinationBytes: 11,
  sourcePackets: 12,
  destinationPackets: 13,
} as const;
/** A row fills a cache line. */
const NUMBERS = 16;
/** Positions in a row of texts. */
const T = {
  kind: 0,
  facts: 1,
  source: 2,
  destination: 3,
  transport: 4,
  service: 5,
  state: 6,
  history: 7,
} as const;
const TEXTS = 8;
const INITIAL_ROWS = 1024;

/** A growing list of records. */
export class EventLog {
  private numbers = new Int32Array(INITIAL_ROWS * NUMBERS);
  private readonly texts: unknown[] = [];
  private rows = 0;

  /**
   * @param baseMs times are kept as milliseconds since then
   * @param attack id of the attack that all records belong to, else empty
   */
  constructor(
    private readonly baseMs: number,
    private readonly attack: string,
  ) {}

  /** Number of records. */
  get length(): number {
    return this.rows;
  }

  /** Adds a flow. @returns its row */
  addFlow(
    idHigh: number,
    idLow: number,
    startMs: number,
    startUs: number,
    endMs: number,
    endUs: number,
    source: string,
    sourcePort: number,
    destination: string,
    destinationPort: number,
    transport: RecordBase['transport'],
    service: string,
    state: string,
    history: string,
    sourcePayload: number,
    destinationPayload: number,
    sourceBytes: number,
    destinationBytes: number,
    sourcePackets: number,
    destinationPackets: number,
  ): number {
    const row = this.addRow();
    const { numbers: n, texts } = this;
    const at = row * NUMBERS;
    n[at + N.idHigh] = idHigh;
    n[at + N.idLow] = idLow;
    n[at + N.startMs] = startMs - this.baseMs;
    n[at + N.startUs] = startUs;
    n[at + N.endMs] = endMs - this.baseMs;
    n[at + N.endUs] = endUs;
    n[at + N.sourcePort] = sourcePort;
    n[at + N.destinationPort] = destinationPort;
    n[at + N.sourcePayload] = sourcePayload;
    n[at + N.destinationPayload] = destinationPayload;
    n[at + N.sourceBytes] = sourceBytes;
    n[at + N.destinationBytes] = destinationBytes;
    n[at + N.sourcePackets] = sourcePackets;
    n[at + N.destinationPackets] = destinationPackets;
    texts.push('flow', null, source, destination, transport, service, state, history);
    return row;
  }

  /** Adds a record that tells of one moment of a flow. */
  addMoment(
    kind: RecordKind,
    facts: SimulatedEvent['facts'],
    flow: number,
    timeMs: number,
    timeUs: number,
  ): void {
    const row = this.addRow();
    const { numbers: n, texts } = this;
    const from = flow * NUMBERS;
    const at = row * NUMBERS;
    n[at + N.idHigh] = n[from + N.idHigh]!;
    n[at + N.idLow] = n[from + N.idLow]!;
    n[at + N.sourcePort] = n[from + N.sourcePort]!;
    n[at + N.destinationPort] = n[from + N.destinationPort]!;
    n[at + N.startMs] = n[at + N.endMs] = timeMs - this.baseMs;
    n[at + N.startUs] = n[at + N.endUs] = timeUs;
    texts.push(kind, facts);
    const text = flow * TEXTS;
    for (let i: number = T.source; i < TEXTS; i++) texts.push(texts[text + i]);
  }

  /** Begin of a record with microseconds as fraction, and how long it takes in microseconds. */
  startOf(row: number): number {
    const at = row * NUMBERS;
    return this.baseMs + this.numbers[at + N.startMs]! + this.numbers[at + N.startUs]! / 1000;
  }

  microsecondsOf(row: number): number {
    const { numbers: n } = this;
    const at = row * NUMBERS;
    return (n[at + N.endMs]! - n[at + N.startMs]!) * 1000 + n[at + N.endUs]! - n[at + N.startUs]!;
  }

  /** End of a record, whole milliseconds. */
  endOf(row: number): number {
    return this.baseMs + this.numbers[row * NUMBERS + N.endMs]!;
  }

  /** A record. */
  at(row: number): SimulatedEvent {
    const { numbers: n, texts, baseMs } = this;
    const at = row * NUMBERS;
    const text = row * TEXTS;
    return {
      kind: texts[text],
      facts: texts[text + T.facts],
      idHigh: n[at + N.idHigh],
      idLow: n[at + N.idLow],
      startMs: baseMs + n[at + N.startMs]!,
      startUs: n[at + N.startUs],
      endMs: baseMs + n[at + N.endMs]!,
      endUs: n[at + N.endUs],
      source: texts[text + T.source],
      sourcePort: n[at + N.sourcePort],
      destination: texts[text + T.destination],
      destinationPort: n[at + N.destinationPort],
      transport: texts[text + T.transport],
      service: texts[text + T.service],
      state: texts[text + T.state],
      history: texts[text + T.history],
      sourcePayload: n[at + N.sourcePayload],
      destinationPayload: n[at + N.destinationPayload],
      sourceBytes: n[at + N.sourceBytes],
      destinationBytes: n[at + N.destinationBytes],
      sourcePackets: n[at + N.sourcePackets],
      destinationPackets: n[at + N.destinationPackets],
      attack: this.attack,
    } as SimulatedEvent;
  }

  private addRow(): number {
    const row = this.rows++;
    if (this.rows * NUMBERS > this.numbers.length) {
      const larger = new Int32Array(this.numbers.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    return row;
  }
}
