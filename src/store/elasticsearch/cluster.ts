/**
 * An Elasticsearch cluster, and what is asked of it. Nothing else sends requests.
 */
import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { AppError } from '../../domain/error.js';
import { isBusy, toAppError } from './cluster-error.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { Patience, type RetryOptions } from './patience.js';

/** The first thing that is asked, so that what is no Elasticsearch shows here. */
const nodesSchema = z.object({ nodes: z.record(z.string(), z.object({ version: z.string() })) });

/** How to reach a cluster, and for how long to ask again while it is busy. */
export interface ClusterOptions extends ConnectionOptions {
  readonly retry?: RetryOptions | undefined;
}

/** An Elasticsearch cluster; every failure of a request is an AppError that says what was asked of whom. */
export class Cluster {
  /** Between the attempts at what the cluster is too busy for. */
  readonly patience: Patience;
  private readonly connection: Connection;

  /** @throws AppError `invalid_option` for a bad address, `unreadable_file` for the authority's file */
  constructor(options: ClusterOptions) {
    this.connection = new Connection(options);
    this.patience = new Patience(options.retry);
  }

  /** Addresses without credentials, for messages. */
  get address(): string {
    return this.connection.address;
  }

  /** Longest wait for one answer. */
  get requestTimeoutMs(): number {
    return this.connection.requestTimeoutMs;
  }

  /**
   * Answer of a request, which is repeated while Elasticsearch says that it is too busy.
   * @param what the request in words, completing "could not …"
   * @throws AppError; where `signal` was the cause of the failure, the signal's reason
   */
  async ask<T>(what: string, request: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(this.connection.client());
      } catch (error) {
        signal?.throwIfAborted();
        const failure = toAppError(what, this.address, error);
        if (!isBusy(error)) throw failure;
        await this.patience.wait(attempt, failure, signal);
      }
    }
  }

  /** As {@link Cluster.ask}, for what its caller repeats in a way of its own. */
  async askOnce<T>(what: string, request: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await request(this.connection.client());
    } catch (error) {
      throw toAppError(what, this.address, error);
    }
  }

  /** Version of the node that answers. `GET /` would tell too, but needs a module that small builds lack. */
  async version(): Promise<string> {
    const what = 'ask for the version';
    const answer = await this.ask(what, (client) =>
      client.nodes.info({ node_id: '_local', filter_path: 'nodes.*.version' }),
    );
    const nodes = nodesSchema.safeParse(answer).data?.nodes ?? {};
    const [node] = Object.values(nodes);
    if (node !== undefined) return node.version;
    throw new AppError(
      'store_rejected',
      `could not ${what} (${this.address}): the answer is not one of Elasticsearch`,
    );
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.connection.close();
  }
}
