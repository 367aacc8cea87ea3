/**
 * What a format is: one record as one line.
 */
import type { RecordKind, SimulatedEvent } from '../event.js';
import { writeEcs } from './ecs.js';
import { writeEve } from './eve.js';
import type { LineWriter } from './line-writer.js';
import { writeZeek, writeZeekStream, ZEEK_PATH } from './zeek.js';

/** Writes a record, without the end of the line. */
export type WriteRecord = (event: SimulatedEvent, out: LineWriter) => void;

/** How a format is laid out in files. */
interface FileFormat {
  /** Writes records of all kinds to one file. */
  readonly stream: WriteRecord;
  /** Name of the file in a folder that a kind of record goes to. */
  readonly fileOf: (kind: RecordKind) => string;
  readonly write: WriteRecord;
}

/** Formats by the name that the command line has for them. */
export const FORMATS = {
  zeek: { stream: writeZeekStream, fileOf: (kind) => `${ZEEK_PATH[kind]}.log`, write: writeZeek },
  eve: { stream: writeEve, fileOf: () => 'eve.json', write: writeEve },
  ecs: { stream: writeEcs, fileOf: () => 'ecs.ndjson', write: writeEcs },
} as const satisfies Readonly<Record<string, FileFormat>>;
export type FormatName = keyof typeof FORMATS;
