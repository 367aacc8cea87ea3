/**
 * One failed attempt told in several lines: `Invalid user x`, `Failed password for invalid user x` and
 * `Connection closed by invalid user x` of one connection. Which of them are written depends on the server's
 * version, its level and whether it takes passwords, so that none can be counted, nor left out, by itself.
 */
import { EventKind, Outcome, type EventColumns } from '../../domain/events.js';
import type { Draft } from '../draft.js';
import { Witness } from './message.js';

/** A record that says that an attempt failed, or that one before it did not. */
interface Witnessed {
  readonly row: number;
  readonly witness: number;
  /** Of the connection; empty where the record does not name the port. */
  readonly connection: string;
  /** Of the process, or where none is named of whom it serves. */
  readonly process: string;
}

/** A module that accepts answers within this time of the one before it, in milliseconds. */
const ANSWER_MS = 10_000;

/**
 * The failed logins of one window, each attempt once. Per connection (host, source and port; process and source
 * where no port is named) the records of the best kind of {@link Witness} count, of the last two kinds one; the
 * others stay as exchanges that are no login. It depends on nothing but the window's own records: an attempt whose
 * lines lie in two windows counts in both.
 */
export class LoginAttempts {
  private readonly noted: Witnessed[] = [];

  /** Notes the record that became a row. */
  note(row: number, { witness, destination, source, sourcePort, process, user }: Draft): void {
    if (witness === Witness.none) return;
    const ends = JSON.stringify([destination, source]);
    this.noted.push({
      row,
      witness,
      connection: sourcePort === -1 ? '' : `${ends}${String(sourcePort)}`,
      process: `${ends}${process === '' ? user : `#${process}`}`,
    });
  }

  /** Takes the attempt out of all rows that only repeat one; rows whose `keep` is 0 are copies. */
  settle(columns: EventColumns, keep: Uint8Array): void {
    const told = this.noted.filter(({ row }) => keep[row] !== 0);
    const best = bestOf(told);
    const counted = new Set<string>();
    for (const record of told) {
      const { row, witness, connection, process } = record;
      if (witness === Witness.passed) continue;
      const once = connection === '' ? process : connection;
      const isEcho = witness > best(record) || (witness >= Witness.name && counted.has(once));
      if (isEcho) forget(columns, row);
      else counted.add(once);
    }
    passOver(columns, told);
  }
}

/** The best witness of the connection of a record, and of those of its process that name no port. */
function bestOf(told: readonly Witnessed[]): (record: Witnessed) => number {
  const ofConnection = new Map<string, number>();
  const ofProcess = new Map<string, number>();
  const ofProcessAlone = new Map<string, number>();
  for (const { witness, connection, process } of told) {
    least(ofProcess, process, witness);
    if (connection === '') least(ofProcessAlone, process, witness);
    else least(ofConnection, connection, witness);
  }
  return ({ connection, process }) =>
    connection === ''
      ? ofProcess.get(process)!
      : Math.min(ofConnection.get(connection)!, ofProcessAlone.get(process) ?? Infinity);
}

function least(best: Map<string, number>, key: string, witness: number): void {
  best.set(key, Math.min(witness, best.get(key) ?? Infinity));
}

/** A module that refuses is no failure where the next one accepts: each acceptance takes one refusal back. */
function passOver(columns: EventColumns, told: readonly Witnessed[]): void {
  const refused = new Map<string, number[]>();
  const inOrder = [...told].sort((a, b) => columns.endMs[a.row]! - columns.endMs[b.row]! || a.row - b.row);
  for (const { row, witness, process } of inOrder) {
    if (witness === Witness.module && columns.authFailures[row]! > 0) {
      const rows = refused.get(process);
      if (rows) rows.push(row);
      else refused.set(process, [row]);
    } else if (witness === Witness.passed) {
      const last = refused.get(process)?.pop();
      if (last !== undefined && columns.endMs[row]! - columns.endMs[last]! <= ANSWER_MS)
        forget(columns, last);
    }
  }
}

function forget(columns: EventColumns, row: number): void {
  columns.kind[row] = EventKind.other;
  columns.outcome[row] = Outcome.unknown;
  columns.authFailures[row] = 0;
}
