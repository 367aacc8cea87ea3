/**
 * Records as objects: what their lines are the text of, so that both cannot differ.
 */
import type { SimulatedEvent } from '../event.js';
import { writeEcs } from './ecs.js';
import type { WriteRecord } from './format.js';
import { LineWriter } from './line-writer.js';
import { writeZeekStream, ZEEK_PATH } from './zeek.js';

const single = new LineWriter(0);

/** A record as Zeek's streaming writer has it, with `_path`. */
export function zeekRecord(event: SimulatedEvent): Record<string, unknown> {
  return recordOf(writeZeekStream, event);
}

/** A record as an ECS document. */
export function ecsDocument(event: SimulatedEvent): Record<string, unknown> {
  return recordOf(writeEcs, event);
}

/** An id that only this record has: of the connection, and of its place in it. */
export function documentId(event: SimulatedEvent): string {
  const connection = Buffer.alloc(8);
  connection.writeInt32BE(event.idHigh, 0);
  connection.writeInt32BE(event.idLow, 4);
  const place = event.kind === 'http' ? `-${String(event.facts.depth)}` : '';
  return `${connection.toString('hex')}-${ZEEK_PATH[event.kind]}${place}`;
}

function recordOf(write: WriteRecord, event: SimulatedEvent): Record<string, unknown> {
  write(event, single);
  return JSON.parse(single.takeText()) as Record<string, unknown>;
}
