/**
 * The columns that events are kept in.
 */

/** The columns of a table of events, all of the same length. */
export interface EventColumns {
  kind: Uint8Array;
  /** Start and end, integer milliseconds since the epoch. */
  startMs: Float64Array;
  endMs: Float64Array;
  /** Integer nanoseconds. */
  durationNs: Float64Array;
  /** Addresses as dictionary ids. */
  source: Uint32Array;
  destination: Uint32Array;
  /** Of ICMP, which has no ports, type and code: see `icmpPort`. Its destination port is -1. */
  sourcePort: Int32Array;
  destinationPort: Int32Array;
  transport: Uint8Array;
  direction: Uint8Array;
  outcome: Uint8Array;
  flags: Uint32Array;
  /**
   * Bytes and packets sent by the source, and by the destination, as counted: sampled counts are not
   * scaled up. Bytes of IP packets where the source counts them, see `byteLayer`.
   */
  sourceBytes: Float64Array;
  destinationBytes: Float64Array;
  sourcePackets: Float64Array;
  destinationPackets: Float64Array;
  /** What the bytes include, a `ByteLayer`. */
  byteLayer: Uint8Array;
  /** One packet in this many was looked at; 0 where the source does not say, which means all. */
  samplingInterval: Uint32Array;
  /** DNS question, HTTP host or TLS server name, lower case. */
  name: Uint32Array;
  /** Registered domain of `name` (public suffix list). */
  domain: Uint32Array;
  /** HTTP user agent, TLS client fingerprint or SSH client version. */
  agent: Uint32Array;
  /** HTTP status or DNS response code; -1 where there is none. */
  status: Int32Array;
  /** Failed and successful login attempts that the record stands for. */
  authFailures: Uint16Array;
  user: Uint32Array;
  /** Name of an alert, notice or signature. */
  rule: Uint32Array;
  /** Application protocol (`dns`, `http`, `ssl` …). */
  service: Uint32Array;
  /** Sensor or device that told of it (ECS `observer.name`). */
  observer: Uint32Array;
  /** Ground truth of labelled data. Never a feature. */
  label: Uint32Array;
  /** Hash of further fields that set two records of one moment apart. */
  detail: Uint32Array;
  /** Position of the source in the table's sources. */
  origin: Uint16Array;
  /** Line or element number in the source. */
  place: Float64Array;
}

/** Columns of one length, cut out of one buffer: thirty small ones for each window would cost more. */
export function columnsOf(capacity: number): EventColumns {
  const buffer = new ArrayBuffer(capacity * ROW_BYTES);
  let used = 0;
  const cut = <T>(Column: ColumnType<T>): T => {
    const column = new Column(buffer, used, capacity);
    used += capacity * Column.BYTES_PER_ELEMENT;
    return column;
  };
  // The widest first, so that each begins where its elements may.
  return {
    startMs: cut(Float64Array),
    endMs: cut(Float64Array),
    durationNs: cut(Float64Array),
    sourceBytes: cut(Float64Array),
    destinationBytes: cut(Float64Array),
    sourcePackets: cut(Float64Array),
    destinationPackets: cut(Float64Array),
    place: cut(Float64Array),
    source: cut(Uint32Array),
    destination: cut(Uint32Array),
    sourcePort: cut(Int32Array),
    destinationPort: cut(Int32Array),
    samplingInterval: cut(Uint32Array),
    name: cut(Uint32Array),
    domain: cut(Uint32Array),
    agent: cut(Uint32Array),
    status: cut(Int32Array),
    user: cut(Uint32Array),
    rule: cut(Uint32Array),
    service: cut(Uint32Array),
    observer: cut(Uint32Array),
    label: cut(Uint32Array),
    detail: cut(Uint32Array),
    flags: cut(Uint32Array),
    authFailures: cut(Uint16Array),
    origin: cut(Uint16Array),
    kind: cut(Uint8Array),
    transport: cut(Uint8Array),
    direction: cut(Uint8Array),
    outcome: cut(Uint8Array),
    byteLayer: cut(Uint8Array),
  };
}

interface ColumnType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** 8 columns of 8 bytes, 15 of 4, 3 of 2 and 5 of 1. */
export const ROW_BYTES = 8 * 8 + 16 * 4 + 2 * 2 + 5;
