/**
 * Writes many documents in few requests, and reads what became of each.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../domain/error.js';
import { isOverloaded, ofStatus } from './cluster-error.js';
import type { Cluster } from './cluster.js';

/** One document to write. */
export interface BulkWrite {
  readonly index: string;
  readonly id: string;
  readonly document: object;
  /** State of the stored document that this one replaces; absent: it must be new. */
  readonly replaces?: StoredVersion;
}

/** What `if_seq_no` and `if_primary_term` are told. */
export interface StoredVersion {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

/** `conflict`: somebody else has written the document in between. */
export type BulkOutcome = 'written' | 'conflict';

/** Elasticsearch advises requests of 5–15 MB. */
const FLUSH_BYTES = 5_000_000;
const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 100;

interface Line {
  readonly position: number;
  readonly text: string;
}

/**
 * Writes all documents; what Elasticsearch is too busy for is tried again with growing waits.
 * @returns the outcome of each write, in their order
 * @throws AppError `store_rejected` where a document was refused, `store_unavailable` where
 *   Elasticsearch stayed too busy; all others have been written by then
 */
export async function bulkWrite(cluster: Cluster, writes: readonly BulkWrite[]): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  const failures: AppError[] = [];
  for (const chunk of chunksOf(writes)) {
    for (let attempt = 1, lines = chunk; lines.length > 0; attempt++) {
      lines = await flush(cluster, lines, attempt === MAX_ATTEMPTS, outcomes, failures);
      if (lines.length > 0) await delay(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
  if (failures[0] !== undefined) throw failures[0];
  return outcomes;
}

/** Sends the lines; fills in what became of them and returns those worth another attempt. */
async function flush(
  cluster: Cluster,
  lines: readonly Line[],
  last: boolean,
  outcomes: BulkOutcome[],
  failures: AppError[],
): Promise<Line[]> {
  const answer = await cluster.ask('write documents', (client) =>
    client.bulk({
      operations: lines.map(({ text }) => text),
      filter_path: 'errors,items.*.status,items.*.error,items.*._index',
    }),
  );
  const again: Line[] = [];
  for (const [number, line] of lines.entries()) {
    const item = Object.values(answer.items[number] ?? {})[0];
    const status = item?.status ?? 0;
    if (status >= 200 && status < 300) outcomes[line.position] = 'written';
    else if (status === 409) outcomes[line.position] = 'conflict';
    else if (isOverloaded(status) && !last) again.push(line);
    else
      failures.push(
        ofStatus(`could not write to ${item?._index ?? 'an index'}`, status, item?.error?.reason ?? ''),
      );
  }
  return again;
}

function* chunksOf(writes: readonly BulkWrite[]): Generator<readonly Line[]> {
  let chunk: Line[] = [];
  let bytes = 0;
  for (const [position, write] of writes.entries()) {
    const text = `${JSON.stringify(actionOf(write))}\n${JSON.stringify(write.document)}`;
    const size = Buffer.byteLength(text);
    if (chunk.length > 0 && bytes + size > FLUSH_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push({ position, text });
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function actionOf({ index, id, replaces }: BulkWrite): object {
  const target = { _index: index, _id: id };
  if (replaces === undefined) return { create: target };
  return { index: { ...target, if_seq_no: replaces.seqNo, if_primary_term: replaces.primaryTerm } };
}
