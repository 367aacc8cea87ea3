/**
 * Writes many documents in few requests, and reads what became of each.
 */
import { AppError } from '../../domain/error.js';
import type { Fence } from '../fence.js';
import { bulkChunks, type BulkWrite, type Chunk } from './bulk-request.js';
import { errorOfItem, isRefusal } from './cluster-error.js';
import type { Cluster } from './cluster.js';

/**
 * - `conflict`: somebody else has written the document in between
 * - `refused`: Elasticsearch will never take it as it is
 */
export type BulkOutcome = 'written' | 'conflict' | Refused;

/** Why a document will never be taken. */
interface Refused {
  readonly type: string;
  readonly reason: string;
}

/** What a writer works with. */
export interface BulkWriterParts {
  readonly cluster: Cluster;
  /** Asked right before each request, each repetition too. */
  readonly fence?: Fence | undefined;
}

/** Requests of one call under way at a time. */
const CONCURRENCY = 2;

/** Writes by bulk requests; see {@link BulkWriter.write}. */
export class BulkWriter {
  constructor(private readonly parts: BulkWriterParts) {}

  /** The same writer, which asks `fence` before each request. */
  fencedBy(fence: Fence): BulkWriter {
    return new BulkWriter({ ...this.parts, fence });
  }

  /**
   * Writes all documents; what Elasticsearch is too busy for is tried again.
   * @returns the outcome of each write, in their order
   * @throws AppError `store_unavailable` where Elasticsearch stayed too busy or the index is blocked,
   *   `unauthorized`, `lease_lost`; what could be written has been written by then
   */
  async write(writes: readonly BulkWrite[]): Promise<BulkOutcome[]> {
    const outcomes: BulkOutcome[] = [];
    const chunks = bulkChunks(writes);
    const worker = async (): Promise<void> => {
      for (const chunk of chunks) await this.writeChunk(chunk, outcomes);
    };
    const ended = await Promise.allSettled(Array.from({ length: CONCURRENCY }, worker));
    for (const { reason } of ended.filter((result) => result.status === 'rejected')) throw reason;
    return outcomes;
  }

  /**
   * Writes documents that must all be taken; one that is there already stays.
   * @throws AppError `store_rejected` where one is refused, else as {@link write}
   */
  async writeAll(writes: readonly BulkWrite[]): Promise<void> {
    const outcomes = await this.write(writes);
    const position = outcomes.findIndex((outcome) => typeof outcome === 'object');
    const refused = outcomes[position];
    if (typeof refused !== 'object') return;
    const { index, id } = writes[position]!;
    throw new AppError(
      'store_rejected',
      `could not write to ${index} (document ${id}): ${refused.type}: ${refused.reason}`,
    );
  }

  private async writeChunk(chunk: Chunk, outcomes: BulkOutcome[]): Promise<void> {
    for (let lines = chunk, attempt = 1; lines.length > 0; attempt++) {
      const failures: AppError[] = [];
      lines = await this.send(lines, outcomes, failures);
      const fatal = failures.find(({ retryable }) => !retryable);
      if (fatal !== undefined) throw fatal;
      if (lines.length > 0) await this.parts.cluster.patience.wait(attempt, failures[0]!);
    }
  }

  /** Sends the lines; fills in what became of them and returns those worth another attempt, with why. */
  private async send(lines: Chunk, outcomes: BulkOutcome[], failures: AppError[]): Promise<Chunk> {
    const { cluster, fence } = this.parts;
    const leftMs = fence?.guard() ?? Infinity;
    const requestTimeout = Math.min(cluster.requestTimeoutMs, leftMs);
    const indices = [...new Set(lines.map(({ index }) => index))].join(', ');
    let items;
    try {
      const answer = await cluster.askOnce(`write to ${indices}`, (client) =>
        client.bulk(
          {
            operations: lines.map(({ text }) => text),
            filter_path: 'errors,items.*.status,items.*.error',
          },
          // The client would repeat without asking the fence.
          { requestTimeout, maxRetries: 0 },
        ),
      );
      items = answer.items;
    } catch (error) {
      return this.afterFailure(lines, error, outcomes, failures);
    }
    return lines.filter((line, number) => {
      const item = Object.values(items[number] ?? {})[0];
      const status = item?.status ?? 0;
      if (status >= 200 && status < 300) outcomes[line.position] = 'written';
      else if (status === 409) outcomes[line.position] = 'conflict';
      else if (isRefusal(status)) outcomes[line.position] = refusalOf(status, item?.error);
      else {
        failures.push(errorOfItem(`write to ${line.index}`, status, item?.error));
        return failures.at(-1)!.retryable;
      }
      return false;
    });
  }

  /** A request that failed as a whole: too large, or too much just now. */
  private async afterFailure(
    lines: Chunk,
    error: unknown,
    outcomes: BulkOutcome[],
    failures: AppError[],
  ): Promise<Chunk> {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'too_large') {
      const [first, ...rest] = halvesOf(lines);
      if (rest.length === 0) outcomes[first![0]!.position] = { type: error.code, reason: error.message };
      else for (const half of [first!, ...rest]) await this.writeChunk(half, outcomes);
      return [];
    }
    failures.push(error);
    return lines;
  }
}

function refusalOf(status: number, error?: { type?: string; reason?: string | null }): Refused {
  return { type: error?.type ?? `status ${String(status)}`, reason: error?.reason ?? '' };
}

function halvesOf(lines: Chunk): readonly Chunk[] {
  const middle = Math.ceil(lines.length / 2);
  return [lines.slice(0, middle), lines.slice(middle)].filter((half) => half.length > 0);
}
