/**
 * What a sensor would have logged: one record, before it is written in any format.
 */

/** Kind of record; Zeek's logs conn, dns, http, ssl, ssh, rdp and kerberos. */
export const RECORD_KINDS = ['flow', 'dns', 'http', 'tls', 'ssh', 'rdp', 'kerberos'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface DnsFacts {
  readonly transaction: number;
  readonly query: string;
  readonly type: string;
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  readonly answers: readonly string[];
  readonly ttlSeconds: number;
  /** Microseconds from the question to the answer. */
  readonly rttUs: number;
}

export interface HttpFacts {
  /** Position of the request in its connection, from 1. */
  readonly depth: number;
  readonly method: string;
  /** `Host` header: a name, or a bare address. */
  readonly host: string;
  readonly uri: string;
  readonly agent: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export interface TlsFacts {
  /** Empty where the client named no server. */
  readonly serverName: string;
  readonly version: 'TLSv10' | 'TLSv12' | 'TLSv13';
  readonly cipher: string;
  readonly resumed: boolean;
  readonly established: boolean;
  /** What became of the certificate, where it was seen. */
  readonly validation: string;
}

export interface SshFacts {
  readonly client: string;
  readonly server: string;
  readonly attempts: number;
  readonly success: boolean;
}

export interface RdpFacts {
  /** User name as the client sends it, cut at nine characters. */
  readonly cookie: string;
  readonly result: string;
}

export interface KerberosFacts {
  readonly user: string;
  readonly realm: string;
  readonly request: 'AS' | 'TGS';
  readonly service: string;
  /** Empty where the request succeeded. */
  readonly error: string;
}

/**
 * What all records have. Times are whole milliseconds plus microseconds, see `settle`. A flow ends
 * when it ends; the other records tell of one moment.
 */
export interface RecordBase {
  /** Two signed integers of 32 bits that name the connection; records of one connection share them. */
  readonly idHigh: number;
  readonly idLow: number;
  readonly startMs: number;
  readonly startUs: number;
  readonly endMs: number;
  readonly endUs: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly transport: 'tcp' | 'udp' | 'icmp';
  /** Application protocol as Zeek names it; empty where none was recognized. */
  readonly service: string;
  /** Zeek's `conn_state` and `history`. */
  readonly state: string;
  readonly history: string;
  /** Payload bytes, without headers. */
  readonly sourcePayload: number;
  readonly destinationPayload: number;
  /** Bytes of whole IP packets; what `source.bytes` of ECS holds, as Elastic's own integration fills it. */
  readonly sourceBytes: number;
  readonly destinationBytes: number;
  readonly sourcePackets: number;
  readonly destinationPackets: number;
  /** Id of the attack that it belongs to; empty for benign traffic. Written nowhere. */
  readonly attack: string;
}

/** One record. */
export type SimulatedEvent = RecordBase &
  (
    | { readonly kind: 'flow'; readonly facts: null }
    | { readonly kind: 'dns'; readonly facts: DnsFacts }
    | { readonly kind: 'http'; readonly facts: HttpFacts }
    | { readonly kind: 'tls'; readonly facts: TlsFacts }
    | { readonly kind: 'ssh'; readonly facts: SshFacts }
    | { readonly kind: 'rdp'; readonly facts: RdpFacts }
    | { readonly kind: 'kerberos'; readonly facts: KerberosFacts }
  );

/** A record of type `K`. */
export type EventOf<K extends RecordKind> = Extract<SimulatedEvent, { kind: K }>;

/** Microseconds from a record's begin to its end. */
export function microsecondsOf(event: RecordBase): number {
  return (event.endMs - event.startMs) * 1000 + event.endUs - event.startUs;
}
