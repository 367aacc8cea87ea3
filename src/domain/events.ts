/**
 * Normalized events, columnar: no object per event survives beyond normalize.
 * Numeric columns hold NaN, ids hold NONE and ports hold -1 where the source says nothing.
 */
import { Dictionary } from './dictionary.js';
import type { SourceCoverage } from './coverage.js';
import { columnsOf, ROW_BYTES, type EventColumns } from './event-columns.js';
import type { Window } from './window.js';

/** What kind of activity a record tells of. The number is what the `kind` column holds. */
export const EventKind = {
  other: 0,
  /** A connection or flow record with its byte and packet counts. */
  flow: 1,
  dns: 2,
  http: 3,
  tls: 4,
  ssh: 5,
  /** A login, session or privilege event of a host or application. */
  auth: 6,
  /** Another product's verdict: an IDS alert, a Zeek notice, a weird. */
  alert: 7,
  rdp: 8,
} as const;

/** Transport protocols that features tell apart; the number is what the `transport` column holds. */
export const Transport = { unknown: 0, tcp: 1, udp: 2, icmp: 3, other: 4 } as const;
/** Names of {@link Transport} by number, as ECS `network.transport` writes them. */
export const TRANSPORT_NAMES = ['', 'tcp', 'udp', 'icmp', 'other'] as const;

/** Type and code of an ICMP message as one number, as NetFlow writes them; it stands where others have their source port. */
export function icmpPort(type: number, code: number): number {
  return type * 256 + code;
}

/** Type and code of an {@link icmpPort}; 0 and 0 of -1. */
export function icmpParts(port: number): [type: number, code: number] {
  return port < 0 ? [0, 0] : [port >> 8, port & 255];
}

/** Whether the activity reached its aim; the number is what the `outcome` column holds. */
export const Outcome = { unknown: 0, success: 1, failure: 2 } as const;

/** Direction seen from the own networks (ECS `network.direction`). */
export const Direction = { unknown: 0, internal: 1, outbound: 2, inbound: 3, external: 4 } as const;
/** Names of {@link Direction} by number, as ECS `network.direction` writes them. */
export const DIRECTION_NAMES = ['', 'internal', 'outbound', 'inbound', 'external'] as const;

/**
 * What the byte counts of an event include; the number is what the `byteLayer` column holds.
 * Counts of different layers differ by 14 bytes (link) and 28 or more bytes (network) a packet.
 */
export const ByteLayer = {
  unknown: 0,
  /** Payload alone: Zeek's `orig_bytes`, bodies of HTTP. */
  payload: 1,
  /** IP packets: Zeek's `orig_ip_bytes`, NetFlow, and `source.bytes` of ECS made of these. */
  network: 2,
  /** Ethernet frames: Suricata. */
  link: 3,
} as const;

/** Single facts of an event, as bits of the `flags` column. */
export const Flag = {
  /** Source lies in the own networks. */
  sourceOwn: 1,
  /** Destination lies in the own networks. */
  destinationOwn: 2,
  /** Flow lasted longer than a window. */
  long: 4,
  /** DNS answered that the name does not exist. */
  nxdomain: 8,
  /** DNS question of a type that tunnels like: TXT, NULL, CNAME, MX … */
  bulkQuery: 16,
  /** TLS certificate did not validate, or is self-signed. */
  invalidCertificate: 32,
  /** TLS handshake named no server. */
  noServerName: 64,
  /** TLS or SSL older than 1.2. */
  oldTls: 128,
  /** HTTP request that sends a body: POST, PUT, PATCH. */
  upload: 256,
  /** HTTP request to a bare address instead of a name. */
  bareAddress: 512,
  /** Destination is a multicast or broadcast address. */
  multicast: 1024,
  /** Attempt named a user that does not exist. */
  invalidUser: 2048,
  /** Privilege was used (sudo, su). */
  privilege: 4096,
  /** Half of a conversation: what its source sent is told, what it was answered is not. */
  oneWay: 8192,
  /** One of several reports of a connection, which have `detail` in common. */
  report: 16_384,
  /** A report that counts from the begin of the connection, not from the report before it. */
  soFar: 32_768,
  /** A record of another kind that is the record of its connection as well: it counts as a flow too. */
  connection: 65_536,
} as const;

/** Whether a row is the record of a connection, whatever else it tells of. */
export function isConnection({ kind, flags }: Pick<EventColumns, 'kind' | 'flags'>, row: number): boolean {
  return kind[row] === EventKind.flow || (flags[row]! & Flag.connection) !== 0;
}

export type { EventColumns } from './event-columns.js';

const INITIAL_CAPACITY = 256;

/** An id of twenty characters or so, and the places in the two lists. */
const ID_BYTES = 60;

/** Where a record lies that was merged into an event: it tells of the same connection. */
export interface MergedRecord {
  readonly id: string;
  readonly index: string;
  readonly origin: number;
  readonly place: number;
}

/** What a table holds, as plain data that another thread can be given. */
export interface TableParts {
  readonly rows: number;
  readonly columns: EventColumns;
  /** Strings by their id in the columns. */
  readonly names: readonly string[];
  readonly sources: readonly string[];
  readonly ids: readonly string[];
  /** Absent where no event has one. */
  readonly indices?: readonly string[];
  readonly merged: ReadonlyMap<number, MergedRecord[]>;
}

/**
 * A growing table of events. `addRow` gives a row whose columns a mapper fills in place;
 * strings live once, in `names`.
 */
export class EventTable {
  /** Files or indices that the events came from, by the `origin` column. */
  readonly sources: string[] = [];
  /** Id of each event where its source or store gave one, else the empty string. */
  ids: string[] = [];
  /** Index each event lies in where a store gave one, else the empty string. */
  indices: string[] = [];
  /** By row, the other records that its event stands for. */
  merged = new Map<number, MergedRecord[]>();
  columns: EventColumns;
  private rows = 0;

  /** @param names dictionary of the strings, where it is shared with another table */
  constructor(
    capacity = INITIAL_CAPACITY,
    readonly names = new Dictionary(),
  ) {
    this.columns = columnsOf(capacity);
  }

  /** The table that the parts were taken of; it takes the columns over. */
  static of({ rows, columns, names, sources, ids, indices, merged }: TableParts): EventTable {
    const table = new EventTable(0, Dictionary.of(names));
    table.columns = columns;
    table.rows = rows;
    table.sources.push(...sources);
    table.ids = [...ids];
    table.indices = indices ? [...indices] : new Array<string>(rows).fill('');
    table.merged = new Map(merged);
    return table;
  }

  /** What it holds; the columns are its own, not copies. */
  get parts(): TableParts {
    const { rows, columns, names, sources, ids, indices, merged } = this;
    const some = indices.some((index) => index !== '') ? { indices } : {};
    return { rows, columns, names: names.values, sources, ids, merged, ...some };
  }

  /** Number of events. */
  get length(): number {
    return this.rows;
  }

  /** Memory that the events take, with their ids and strings: an estimate. */
  get bytes(): number {
    return this.rows * (ROW_BYTES + ID_BYTES) + this.names.bytes;
  }

  /** Adds a row of "nothing is known" and returns its number. */
  addRow(): number {
    const row = this.rows;
    if (row === this.columns.kind.length) this.grow();
    const c = this.columns;
    c.durationNs[row] = NaN;
    c.sourceBytes[row] = NaN;
    c.destinationBytes[row] = NaN;
    c.sourcePackets[row] = NaN;
    c.destinationPackets[row] = NaN;
    c.sourcePort[row] = -1;
    c.destinationPort[row] = -1;
    c.status[row] = -1;
    this.rows = row + 1;
    return row;
  }

  /** Names the record of a row as one that the event of row `lead` stands for too. */
  merge(lead: number, row: number): void {
    const { origin, place } = this.columns;
    const record = {
      id: this.ids[row]!,
      index: this.indices[row]!,
      origin: origin[row]!,
      place: place[row]!,
    };
    const others = this.merged.get(lead);
    if (others) others.push(record);
    else this.merged.set(lead, [record]);
  }

  /** Keeps the rows whose `keep` entry is not 0, in order. */
  retain(keep: Uint8Array): void {
    const columns = Object.values(this.columns) as Float64Array[];
    const merged = new Map<number, MergedRecord[]>();
    let to = 0;
    for (let row = 0; row < this.rows; row++) {
      if (keep[row] === 0) continue;
      const others = this.merged.get(row);
      if (others) merged.set(to, others);
      if (to !== row) {
        for (const column of columns) column[to] = column[row]!;
        this.ids[to] = this.ids[row]!;
        this.indices[to] = this.indices[row]!;
      }
      to++;
    }
    for (const column of columns) column.fill(0, to, this.rows);
    this.ids.length = to;
    this.indices.length = to;
    this.merged = merged;
    this.rows = to;
  }

  /** The rows that pass, as a table of its own that shares the strings. */
  where(passes: (row: number) => boolean): EventTable {
    const part = new EventTable(Math.max(1, this.rows), this.names);
    part.sources.push(...this.sources);
    for (const name of Object.keys(this.columns) as (keyof EventColumns)[]) {
      (part.columns[name] as Float64Array).set(this.columns[name].subarray(0, this.rows));
    }
    part.ids.push(...this.ids);
    part.indices.push(...this.indices);
    part.merged = new Map(this.merged);
    part.rows = this.rows;
    part.retain(Uint8Array.from({ length: this.rows }, (_, row) => (passes(row) ? 1 : 0)));
    return part;
  }

  private grow(): void {
    const larger = columnsOf(this.columns.kind.length * 2);
    for (const name of Object.keys(larger) as (keyof EventColumns)[]) {
      (larger[name] as Float64Array).set(this.columns[name]);
    }
    this.columns = larger;
  }
}

/** All events of one site that end in one window, with what became of the records read for it. */
export interface WindowEvents {
  readonly window: Window;
  readonly site: string;
  readonly events: EventTable;
  /** By source, for the records that fell into this window. */
  readonly coverage: readonly SourceCoverage[];
}
