/**
 * The connection to Elasticsearch. Nothing else constructs a client.
 */
import { readFileSync } from 'node:fs';
import { Client, type ClientOptions } from '@elastic/elasticsearch';
import { AppError } from '../../domain/error.js';
import type { Secret } from '../../domain/secret.js';
import { toAppError } from './cluster-error.js';

/** Where the cluster is, and who asks. */
export interface ClusterOptions {
  /** Addresses of nodes; a user and password in one are used and then forgotten. */
  readonly nodes: readonly string[];
  readonly apiKey?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** PEM file of the authority that signed the cluster's certificate. */
  readonly caFile?: string | undefined;
  /** Longest wait for one answer. (Default: 20,000) */
  readonly requestTimeoutMs?: number | undefined;
}

const REQUEST_TIMEOUT_MS = 20_000;
/**
 * Repetitions after a broken connection or a 502, 503 or 504, after up to two seconds. Longer
 * troubles are the caller's to wait out: a person at a prompt would not, the scheduler does.
 */
const MAX_RETRIES = 1;

/** An Elasticsearch cluster; every failure of a request is an AppError that says what was asked of whom. */
export class Cluster {
  /** Addresses without credentials, for messages. */
  readonly address: string;
  /** Longest wait for one answer. */
  readonly requestTimeoutMs: number;
  private readonly client: Client;

  /** @throws AppError `invalid_option` for a bad address, `unreadable_file` for the authority's file */
  constructor(options: ClusterOptions) {
    const nodes = options.nodes.map(parseAddress);
    this.address = nodes.map(({ origin, pathname }) => `${origin}${pathname}`.replace(/\/$/, '')).join(', ');
    this.requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.client = new Client({
      nodes: nodes.map(withoutCredentials),
      ...authOf(options, nodes),
      ...(options.caFile === undefined ? {} : { tls: { ca: readAuthority(options.caFile) } }),
      requestTimeout: this.requestTimeoutMs,
      maxRetries: MAX_RETRIES,
      compression: false,
    });
  }

  /**
   * Answer of a request.
   * @param what the request in words, completing "could not …"
   * @throws AppError; where `signal` was the cause of the failure, the signal's reason
   */
  async ask<T>(what: string, request: (client: Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await request(this.client);
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
    await this.client.close();
  }
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const shown = address.replace(/\/\/[^@/]*@/, '//');
  throw new AppError('invalid_option', `elasticsearch url: "${shown}" is no http or https address`);
}

function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

function authOf(options: ClusterOptions, nodes: readonly URL[]): Pick<ClientOptions, 'auth'> {
  const { apiKey, username, password } = options;
  if (apiKey !== undefined) return { auth: { apiKey: apiKey.reveal() } };
  if (username !== undefined) return { auth: { username, password: password?.reveal() ?? '' } };
  const named = nodes.find((node) => node.username !== '');
  if (named === undefined) return {};
  return {
    auth: { username: decodeURIComponent(named.username), password: decodeURIComponent(named.password) },
  };
}

function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError('unreadable_file', `elasticsearch ca file: cannot read ${file}`, { cause: error });
  }
}
