/**
 * Lines of a byte stream, in batches; a line that is too long or no text costs only itself.
 */

/** A batch of lines with their numbers. */
export interface LineBatch {
  readonly lines: readonly string[];
  /** 1-based line numbers, parallel to `lines`. */
  readonly numbers: readonly number[];
  /** Numbers of lines longer than allowed; their text is dropped. */
  readonly tooLong: readonly number[];
}

interface GrowingBatch {
  readonly lines: string[];
  readonly numbers: number[];
  readonly tooLong: number[];
}

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const BYTE_ORDER_MARK = '\uFEFF';

/** Holds the beginning of a line until its end comes. */
export class LineCutter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private skipping = false;

  /** @param number of lines before the first one that comes */
  constructor(
    private readonly maxLineBytes: number,
    private number = 0,
  ) {}

  /** Lines that have ended. */
  get count(): number {
    return this.number;
  }

  /** Lines that the chunk completes. */
  cut(chunk: Buffer): LineBatch {
    const batch: GrowingBatch = { lines: [], numbers: [], tooLong: [] };
    const lastEnd = chunk.lastIndexOf(NEWLINE);
    if (lastEnd < 0) {
      this.hold(chunk);
      return batch;
    }
    const firstEnd = chunk.indexOf(NEWLINE);
    this.hold(chunk.subarray(0, firstEnd));
    this.finish(batch);
    if (lastEnd > firstEnd) this.cutWhole(chunk.subarray(firstEnd + 1, lastEnd), batch);
    this.hold(chunk.subarray(lastEnd + 1));
    return batch;
  }

  /** The last line, if it does not end in a line break. */
  end(): LineBatch {
    const batch: GrowingBatch = { lines: [], numbers: [], tooLong: [] };
    if (this.pendingBytes > 0 || this.skipping) this.finish(batch);
    return batch;
  }

  /** Whole lines: one decoding and one split are cheaper than one of each per line. */
  private cutWhole(bytes: Buffer, batch: GrowingBatch): void {
    for (const line of bytes.toString('utf8').split('\n')) {
      this.number++;
      // Characters are at most bytes, so only a suspect needs counting.
      if (line.length > this.maxLineBytes / 4 && Buffer.byteLength(line) > this.maxLineBytes)
        batch.tooLong.push(this.number);
      else this.add(line, batch);
    }
  }

  private hold(bytes: Buffer): void {
    if (this.skipping || bytes.length === 0) return;
    this.pendingBytes += bytes.length;
    if (this.pendingBytes > this.maxLineBytes) {
      this.skipping = true;
      this.pending = [];
      this.pendingBytes = 0;
    } else this.pending.push(bytes);
  }

  private finish(batch: GrowingBatch): void {
    this.number++;
    if (this.skipping) batch.tooLong.push(this.number);
    else this.add(Buffer.concat(this.pending).toString('utf8'), batch);
    this.pending = [];
    this.pendingBytes = 0;
    this.skipping = false;
  }

  private add(line: string, batch: GrowingBatch): void {
    const ended = line.charCodeAt(line.length - 1) === RETURN ? line.slice(0, -1) : line;
    const text = this.number === 1 && ended.startsWith(BYTE_ORDER_MARK) ? ended.slice(1) : ended;
    // Only a line that begins with a blank can be one.
    if (text === '' || (text.charCodeAt(0) <= SPACE && text.trim() === '')) return;
    batch.lines.push(text);
    batch.numbers.push(this.number);
  }
}
