/**
 * Which of a job's indices can be asked at the moment: one that cannot must not keep the others from being
 * read. It is left out of every request, looked for again now and then, and told.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { LeftOut } from '../../collect/ports.js';
import { steadySource } from '../../domain/source-name.js';
import { AppError } from '../../domain/error.js';

/** An index under a block that forbids reading, as Elasticsearch names it. */
const BLOCKED = /index \[([^\]]+)\] blocked by: \[([^\]]+)\]/g;
/** Shards without a copy on any node: `missing shards [[logs-a][0], [logs-b][1]]`. */
const MISSING = /missing shards \[(\[.+?\]\[\d+\])\]/;
const SHARD = /\[([^\]]+)\]\[\d+\]/g;

/** What cannot be reached of the indices of a job. */
export class Reach {
  /** Left out of requests, with the reason. */
  private readonly closed = new Map<string, string>();
  /** Left out before, and to be tried again: told until an answer has come with them. */
  private readonly tried = new Map<string, string>();
  /** Remote clusters that did not answer the last question to all. */
  private readonly away = new Map<string, string>();

  /** Index expressions less what cannot be asked: exclusions work only after a pattern. */
  of(expressions: readonly string[]): string[] {
    if (this.closed.size === 0) return [...expressions];
    const names = expressions.filter((name) => !this.closed.has(name));
    const hasPattern = names.some((name) => name.includes('*') && !name.includes(':'));
    const excluded = hasPattern ? [...this.closed.keys()].map((name) => `-${name}`) : [];
    return names.length === 0 ? [] : [...names, ...excluded];
  }

  /** What is left out now, each once. */
  get leftOut(): readonly LeftOut[] {
    const indices = [...new Map([...this.tried, ...this.closed])].map(([index, detail]): LeftOut => ({
      source: steadySource(index),
      reason: 'unreachable_index',
      detail,
    }));
    const clusters = [...this.away].map(([name, detail]): LeftOut => ({
      source: `${name}:*`,
      reason: 'unreachable_cluster',
      detail,
    }));
    return [...new Map([...indices, ...clusters].map((one) => [one.source, one])).values()];
  }

  /** The next requests are for all again; whoever cannot be asked still is found out by them. */
  tryAgain(): void {
    for (const [index, reason] of this.closed) this.tried.set(index, reason);
    this.closed.clear();
  }

  /**
   * Asks, and again without what cannot be asked.
   * @param isOfEvents an answer shows that events can be read, and not only that the index is there
   * @throws AppError where it fails for another reason, or nothing is left to ask
   */
  async ask<T>(question: () => Promise<T>, isOfEvents = true): Promise<T> {
    for (;;) {
      try {
        const answer = await question();
        if (isOfEvents) this.tried.clear();
        return answer;
      } catch (error) {
        if (!this.leavesOut(error)) throw error;
      }
    }
  }

  /** Takes note of the remote clusters that an answer lacks. */
  note({ _clusters: clusters }: Pick<estypes.SearchResponse, '_clusters'>): void {
    for (const [name, { status, failures }] of Object.entries(clusters?.details ?? {})) {
      const isAway = status === 'skipped' || status === 'failed';
      if (isAway) this.away.set(name, failures?.[0]?.reason.reason ?? `remote cluster ${name} is away`);
      else this.away.delete(name);
    }
  }

  /** Whether a failure names indices that were asked and need not be. */
  private leavesOut(error: unknown): boolean {
    if (!(error instanceof AppError)) return false;
    const { message } = error;
    const blocked = [...message.matchAll(BLOCKED)].map(([, index, block]): [string, string] => [
      index!,
      `it is blocked: ${block!}`,
    ]);
    const missing = [...(MISSING.exec(message)?.[1] ?? '').matchAll(SHARD)].map(
      ([, index]): [string, string] => [index!, 'a part of it has no copy on any node'],
    );
    const found = [...blocked, ...missing].filter(([index]) => !this.closed.has(index));
    for (const [index, reason] of found) this.closed.set(index, reason);
    return found.length > 0;
  }
}
