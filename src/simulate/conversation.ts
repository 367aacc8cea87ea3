/**
 * A conversation of two machines, before a sensor has seen it.
 */
import type { DnsFacts } from './event.js';

/** Who opens a connection. */
export interface Endpoint {
  readonly address: string;
  /** Bytes of the IP and TCP headers of its packets: 40, with time stamps 52. */
  readonly headerBytes: number;
}

/** What one conversation moves. */
export interface Conversation {
  readonly from: Endpoint;
  /** Address of the other side. */
  readonly to: string;
  readonly port: number;
  readonly service: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** Payload bytes sent by the opener, and answered. */
  readonly up: number;
  readonly down: number;
}

/** A question to a resolver, and what it answers. */
export type Question = Omit<DnsFacts, 'transaction' | 'rttUs'>;
