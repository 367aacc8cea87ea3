/**
 * One event while it is being read: filled by a mapper, copied into columns, used again.
 */
import type { WallClock } from './time.js';
import type { Record_ } from './values.js';

/** Why a record becomes no event: left out by rule, or unusable. */
export interface Refusal {
  readonly fate: 'filtered' | 'quarantined';
  readonly reason: string;
}

/** The record was understood and says nothing that features need. */
export const UNSUPPORTED: Refusal = { fate: 'filtered', reason: 'unsupported_type' };
/** A log line that is not about a login or the network. */
export const NO_ACTIVITY: Refusal = { fate: 'filtered', reason: 'no_network_activity' };
/** An element without content. */
export const EMPTY: Refusal = { fate: 'filtered', reason: 'empty' };
/** Elkhound's own documents. */
export const OWN_OUTPUT: Refusal = { fate: 'filtered', reason: 'own_output' };
/** A document that never had a time. */
export const NO_TIMESTAMP: Refusal = { fate: 'filtered', reason: 'no_timestamp' };

/** A record that cannot be used. */
export function unusable(reason: string): Refusal {
  return { fate: 'quarantined', reason };
}

/** Its time is missing or cannot be read. */
export const NO_TIME = unusable('no_time');

/**
 * Whether a flow's record tells of the packets that open a connection (SYN, SYN-ACK): they were seen, they
 * were missing, or the record does not say. Undefined where the ends of a flow are settled otherwise.
 */
export type Opening = 'seen' | 'missing' | 'unknown';

/** The fields of an event; see `EventColumns` for what they mean. */
export class Draft {
  kind = 0;
  startMs = NaN;
  endMs = NaN;
  durationNs = NaN;
  source = '';
  destination = '';
  /** Ends that were given as addresses, as bits: 1 the source, 2 the destination. Others may be names. */
  addresses = 0;
  /** What mappers leave here of ICMP is type and code. */
  sourcePort = -1;
  destinationPort = -1;
  transport = 0;
  opening: Opening | undefined = undefined;
  outcome = 0;
  flags = 0;
  sourceBytes = NaN;
  destinationBytes = NaN;
  sourcePackets = NaN;
  destinationPackets = NaN;
  byteLayer = 0;
  samplingInterval = 0;
  name = '';
  agent = '';
  status = -1;
  authFailures = 0;
  /** How the record tells that an attempt failed: a `Witness` of `auth/message.ts`. */
  witness = 0;
  /** Process that the record is of, where several may tell of one attempt. */
  process = '';
  user = '';
  rule = '';
  service = '';
  observer = '';
  label = '';
  /** Sets records of one moment apart; see {@link addDetail}. */
  detail = 0;
  id = '';
  site = '';
  /** Which half of a question and its answer the record is, and what both have in common. */
  half: 'question' | 'answer' | undefined = undefined;
  exchange = '';
  /** What about the record is not as it should be, though it can be used; see `SourceCoverage`. */
  readonly irregular: string[] = [];

  /** Forgets everything. */
  clear(): void {
    this.irregular.length = 0;
    this.kind = 0;
    this.startMs = NaN;
    this.endMs = NaN;
    this.durationNs = NaN;
    this.source = '';
    this.destination = '';
    this.addresses = 0;
    this.sourcePort = -1;
    this.destinationPort = -1;
    this.transport = 0;
    this.opening = undefined;
    this.outcome = 0;
    this.flags = 0;
    this.sourceBytes = NaN;
    this.destinationBytes = NaN;
    this.sourcePackets = NaN;
    this.destinationPackets = NaN;
    this.byteLayer = 0;
    this.samplingInterval = 0;
    this.name = '';
    this.agent = '';
    this.status = -1;
    this.authFailures = 0;
    this.witness = 0;
    this.process = '';
    this.user = '';
    this.rule = '';
    this.service = '';
    this.observer = '';
    this.label = '';
    this.detail = 0;
    this.id = '';
    this.site = '';
    this.half = undefined;
    this.exchange = '';
  }

  /** Notes that a field is not as it should be, once for a record. */
  note(reason: string): void {
    if (!this.irregular.includes(reason)) this.irregular.push(reason);
  }

  /** Mixes a value into {@link detail}. */
  addDetail(value: unknown): void {
    if (value === undefined || value === null) return;
    const text = typeof value === 'string' ? value : jsonOf(value);
    let hash = this.detail ^ 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.detail = hash >>> 0;
  }

  /**
   * Sets start, end and duration; of a duration that cannot be, only that there was one.
   * @param startMs with microseconds as fraction
   * @param seconds duration, NaN if unknown
   */
  span(startMs: number, seconds: number): void {
    this.startMs = Math.floor(startMs);
    const isLong = seconds > 0 && seconds <= MAX_SECONDS;
    // In whole microseconds, since sums of fractions fall just short of what they should be.
    this.endMs = isLong ? Math.floor(Math.round(startMs * 1000 + seconds * 1e6) / 1000) : this.startMs;
    this.durationNs = Math.round(seconds * 1e9);
  }
}

/** As many as nanoseconds can be counted exactly: 104 days. */
const MAX_SECONDS = 2 ** 53 / 1e9;

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply to be written.
    return '';
  }
}

/** Reads a record into the draft; undefined where that worked. */
export type Mapper = (record: Record_, draft: Draft, clock: WallClock) => Refusal | undefined;
