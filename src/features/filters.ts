/**
 * Which events of a window count: lists of rows, each made once and only when a feature asks.
 */
import { EventKind, Flag, Outcome, type EventTable } from '../domain/events.js';
import { ADMINISTRATION_PORTS } from '../domain/service-ports.js';

/** Which events count. */
export type Filter =
  | 'all'
  | 'flow'
  | 'failed'
  | 'small'
  | 'external'
  | 'administration'
  | 'failedAdministration'
  | 'offHours'
  | 'dns'
  | 'nxdomain'
  | 'bulkQuery'
  | 'http'
  | 'httpError'
  | 'upload'
  | 'bareAddress'
  | 'tls'
  | 'invalidCertificate'
  | 'noServerName'
  | 'oldTls'
  | 'login'
  | 'loginFailed'
  | 'loginSucceeded'
  | 'loginOffHours'
  | 'privilege'
  | 'alert';

/** A flow of at most this many packets from its source carries no conversation. */
const SMALL_PACKETS = 4;
/** 1 at the numbers of {@link ADMINISTRATION_PORTS}: asked for every event. */
const IS_ADMINISTRATION = Uint8Array.from({ length: 65_536 }, (_, port) =>
  ADMINISTRATION_PORTS.has(port) ? 1 : 0,
);
const NO_ROWS = new Int32Array(0);
const KINDS = Object.keys(EventKind).length;

/** The rows of one window's events that pass each filter. */
export class RowFilters {
  private readonly known = new Map<Filter, Int32Array>();
  /** Rows by kind of event, ascending. */
  private kinds: Int32Array[] | undefined;

  /** @param offHours the window lies outside the site's working hours */
  constructor(
    private readonly events: EventTable,
    private readonly offHours: boolean,
  ) {}

  /** Rows that pass the filter, ascending. */
  rows(name: Filter): Int32Array {
    let rows = this.known.get(name);
    if (!rows) this.known.set(name, (rows = this.compute(name)));
    return rows;
  }

  private compute(name: Filter): Int32Array {
    const c = this.events.columns;
    const K = EventKind;
    const failed = (row: number): boolean => c.outcome[row] === Outcome.failure;
    switch (name) {
      case 'all':
        return this.all();
      case 'flow':
        return this.flows();
      case 'failed':
        return this.narrow('flow', failed);
      case 'small':
        return this.narrow('flow', (row) => c.sourcePackets[row]! <= SMALL_PACKETS);
      case 'external':
        return this.narrow('flow', (row) => (c.flags[row]! & (Flag.destinationOwn | Flag.multicast)) === 0);
      case 'administration':
        return this.narrow('flow', (row) => IS_ADMINISTRATION[c.destinationPort[row]!] === 1);
      case 'failedAdministration':
        return this.narrow('administration', failed);
      case 'offHours':
        return this.offHours ? this.rows('flow') : NO_ROWS;
      case 'dns':
        return this.ofKind(K.dns);
      case 'nxdomain':
        return this.flagged('dns', Flag.nxdomain);
      case 'bulkQuery':
        return this.flagged('dns', Flag.bulkQuery);
      case 'http':
        return this.ofKind(K.http);
      case 'httpError':
        return this.narrow('http', (row) => c.status[row]! >= 400);
      case 'upload':
        return this.flagged('http', Flag.upload);
      case 'bareAddress':
        return this.flagged('http', Flag.bareAddress);
      case 'tls':
        return this.ofKind(K.tls);
      case 'invalidCertificate':
        return this.flagged('tls', Flag.invalidCertificate);
      case 'noServerName':
        return this.flagged('tls', Flag.noServerName);
      case 'oldTls':
        return this.flagged('tls', Flag.oldTls);
      case 'login':
        return this.logins();
      case 'loginFailed':
        return this.narrow('login', (row) => c.authFailures[row]! > 0);
      case 'loginSucceeded':
        return this.narrow('login', (row) => c.outcome[row] === Outcome.success);
      case 'loginOffHours':
        return this.offHours ? this.rows('loginSucceeded') : NO_ROWS;
      case 'privilege':
        return this.flagged('all', Flag.privilege);
      case 'alert':
        return this.ofKind(K.alert);
    }
  }

  private flagged(base: Filter, bit: number): Int32Array {
    const { flags } = this.events.columns;
    return this.narrow(base, (row) => (flags[row]! & bit) !== 0);
  }

  private narrow(base: Filter, test: (row: number) => boolean): Int32Array {
    const from = this.rows(base);
    const rows = new Int32Array(from.length);
    let found = 0;
    for (let i = 0; i < from.length; i++) if (test(from[i]!)) rows[found++] = from[i]!;
    return rows.subarray(0, found);
  }

  private all(): Int32Array {
    const rows = new Int32Array(this.events.length);
    for (let row = 0; row < rows.length; row++) rows[row] = row;
    return rows;
  }

  /** Login attempts are told by SSH and authentication records; privilege use is not one. */
  private logins(): Int32Array {
    const { flags } = this.events.columns;
    const both = [...this.ofKind(EventKind.ssh), ...this.ofKind(EventKind.auth)];
    return Int32Array.from(both.filter((row) => (flags[row]! & Flag.privilege) === 0)).sort();
  }

  /** Records of connections, also of those that tell of something else besides. */
  private flows(): Int32Array {
    const { columns, length } = this.events;
    const flows = this.ofKind(EventKind.flow);
    const others: number[] = [];
    for (let row = 0; row < length; row++) {
      if ((columns.flags[row]! & Flag.connection) !== 0) others.push(row);
    }
    return others.length === 0 ? flows : Int32Array.from([...flows, ...others]).sort();
  }

  private ofKind(kind: number): Int32Array {
    return (this.kinds ??= this.byKind())[kind]!;
  }

  private byKind(): Int32Array[] {
    const { kind } = this.events.columns;
    const { length } = this.events;
    const counts = new Int32Array(KINDS);
    for (let row = 0; row < length; row++) counts[kind[row]!]!++;
    const rows = Array.from(counts, (count) => new Int32Array(count));
    counts.fill(0);
    for (let row = 0; row < length; row++) {
      const of = kind[row]!;
      rows[of]![counts[of]!++] = row;
    }
    return rows;
  }
}
