/**
 * Typed arrays as text: little-endian bytes in base64, the same on every machine.
 */
import { endianness } from 'node:os';

type TypedArray = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

const SWAP = endianness() === 'BE';

/** Bytes of a typed array as base64. */
export function encode(array: TypedArray): string {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return (SWAP ? swapped(bytes, array.BYTES_PER_ELEMENT) : bytes).toString('base64');
}

/** The typed array of a constructor that {@link encode} wrote. */
export function decode<T extends TypedArray>(
  text: string,
  constructor: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const bytes = Buffer.from(text, 'base64');
  const ordered = SWAP ? swapped(bytes, constructor.BYTES_PER_ELEMENT) : bytes;
  const buffer = new ArrayBuffer(ordered.length);
  new Uint8Array(buffer).set(ordered);
  return new constructor(buffer);
}

function swapped(bytes: Buffer, width: number): Buffer {
  const copy = Buffer.from(bytes);
  if (width === 2) copy.swap16();
  else if (width === 4) copy.swap32();
  else if (width === 8) copy.swap64();
  return copy;
}
