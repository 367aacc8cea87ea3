/**
 * Bytes of text in another encoding, as UTF-8.
 */

/** Encodings that are known by their first bytes, with the byte order mark or without it. */
type Encoding = 'utf-16le' | 'utf-16be';

/** What the first bytes say; undefined for UTF-8 and whatever else has one byte for each ASCII character. */
export function encodingOf(head: Buffer): Encoding | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (head.length < 4) return undefined;
  if (isText(a) && b === 0 && isText(c) && d === 0) return 'utf-16le';
  return a === 0 && isText(b) && c === 0 && isText(d) ? 'utf-16be' : undefined;
}

/** Printable ASCII, a tab or a line break. */
function isText(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;
}

/** The same text as UTF-8; bytes that are in no other encoding as they are. */
export async function* asUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) {
      const encoding = encodingOf(chunk);
      decoder = encoding && new TextDecoder(encoding);
      isFirst = false;
    }
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  }
  if (decoder) yield Buffer.from(decoder.decode());
}
