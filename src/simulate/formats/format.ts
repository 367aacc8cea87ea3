/**
 * What a format is: one record as one line.
 */
import type { SimulatedEvent } from '../event.js';
import { LineWriter } from './line-writer.js';

/** Writes a record, without the end of the line. */
export type WriteRecord = (event: SimulatedEvent, out: LineWriter) => void;

const single = new LineWriter(0);

/** The object that a line is the text of. */
export function recordOf(write: WriteRecord, event: SimulatedEvent): Record<string, unknown> {
  write(event, single);
  return JSON.parse(new TextDecoder().decode(single.take())) as Record<string, unknown>;
}
