/**
 * Cuts writes into requests of bounded size.
 */
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

/** One write as the bulk request has it. */
interface ChunkLine {
  /** Of the write in the list. */
  readonly position: number;
  readonly index: string;
  readonly text: string;
}

/** The writes of one request. */
export type Chunk = readonly ChunkLine[];

/** Elasticsearch advises requests of 5–15 MB. */
const CHUNK_BYTES = 5_000_000;

/** The writes in chunks, made as they are asked for; one that is larger by itself is a chunk of its own. */
export function* bulkChunks(writes: readonly BulkWrite[]): Generator<Chunk> {
  let chunk: ChunkLine[] = [];
  let bytes = 0;
  for (const [position, write] of writes.entries()) {
    const text = `${JSON.stringify(actionOf(write))}\n${JSON.stringify(write.document)}`;
    const size = Buffer.byteLength(text);
    if (chunk.length > 0 && bytes + size > CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push({ position, index: write.index, text });
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function actionOf({ index, id, replaces }: BulkWrite): object {
  const target = { _index: index, _id: id };
  if (replaces === undefined) return { create: target };
  return { index: { ...target, if_seq_no: replaces.seqNo, if_primary_term: replaces.primaryTerm } };
}
