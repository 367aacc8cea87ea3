/**
 * A stream of bytes, cut at fixed places.
 *
 * Where a stream cuts its chunks depends on how long its reader pauses: one that waits gets what has come
 * meanwhile in one piece. Batches follow the chunks, and a scan that reads its input twice counts on the
 * same batches both times.
 */

/** Bytes of a block; gunzip hands out as many at a time. */
const BLOCK_BYTES = 64 * 1024;

/** The same bytes in blocks of one length, but for the last. */
export async function* blocksOf(chunks: AsyncIterable<Buffer>, length = BLOCK_BYTES): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    while (heldBytes + chunk.length - from >= length) {
      const to = from + length - heldBytes;
      const rest = chunk.subarray(from, to);
      yield heldBytes === 0 ? rest : Buffer.concat([...held, rest], length);
      held = [];
      heldBytes = 0;
      from = to;
    }
    if (from === chunk.length) continue;
    held.push(chunk.subarray(from));
    heldBytes += chunk.length - from;
  }
  if (heldBytes > 0) yield Buffer.concat(held, heldBytes);
}
