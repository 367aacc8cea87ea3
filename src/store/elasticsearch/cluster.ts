/**
 * An Elasticsearch cluster, and what is asked of it. Nothing else sends requests.
 */
import type { Client } from '@elastic/elasticsearch';
import { toAppError } from './cluster-error.js';
import { Connection, type ConnectionOptions } from './connection.js';

/** See {@link ConnectionOptions}. */
export type ClusterOptions = ConnectionOptions;

/** An Elasticsearch cluster; every failure of a request is an AppError that says what was asked of whom. */
export class Cluster {
  private readonly connection: Connection;

  /** @throws AppError `invalid_option` for a bad address, `unreadable_file` for the authority's file */
  constructor(options: ClusterOptions) {
    this.connection = new Connection(options);
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
   * Answer of a request.
   * @param what the request in words, completing "could not …"
   * @throws AppError; where `signal` was the cause of the failure, the signal's reason
   */
  async ask<T>(what: string, request: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await request(this.connection.client());
    } catch (error) {
      signal?.throwIfAborted();
      throw toAppError(what, this.address, error);
    }
  }

  /** Version of the node that answers. `GET /` would tell too, but needs a module that small builds lack. */
  async version(): Promise<string> {
    const answer = await this.ask('ask for the version', (client) =>
      client.nodes.info({ node_id: '_local', filter_path: 'nodes.*.version' }),
    );
    const [node] = Object.values(answer.nodes);
    return node?.version ?? 'unknown';
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.connection.close();
  }
}
