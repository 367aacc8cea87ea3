/**
 * The client, made anew when a file changes that its keys or certificates come from.
 */
import { readFileSync, statSync } from 'node:fs';
import { Client, ClusterConnectionPool, Transport, type ClientOptions } from '@elastic/elasticsearch';
import { AppError } from '../../domain/error.js';
import { addressText, parseHttpAddress, type HttpAddress } from '../../domain/http-address.js';
import type { Secret } from '../../domain/secret.js';
import { BoundedConnection } from './bounded-connection.js';

/** Where the cluster is, and who asks. Of the ways to say who, the first that is given counts. */
export interface ConnectionOptions {
  /** Addresses of nodes; a user and password in one are used and then forgotten. */
  readonly nodes: readonly string[];
  readonly apiKey?: Secret | undefined;
  readonly serviceToken?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** PEM file of the authority that signed the cluster's certificate. */
  readonly caFile?: string | undefined;
  /** SHA-256 of the authority's certificate, in hexadecimal digits, with or without colons. */
  readonly caFingerprint?: string | undefined;
  /** Longest wait for one answer. (Default: 20,000) */
  readonly requestTimeoutMs?: number | undefined;
}

const REQUEST_TIMEOUT_MS = 20_000;
/**
 * Repetitions after a broken connection or a 502, 503 or 504, after up to two seconds. Longer
 * troubles are the caller's to wait out: a person at a prompt would not, the scheduler does.
 */
const MAX_RETRIES = 1;

/**
 * Where one address hangs another may answer: it is asked, and the first is left alone until it answers a
 * ping. A single address would only be waited for twice.
 */
class PatientTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    super({ ...options, retryOnTimeout: true });
  }
}

/** Gives the client for each request. */
export class Connection {
  /** Addresses without credentials, for messages. */
  readonly address: string;
  /** Longest wait for one answer. */
  readonly requestTimeoutMs: number;
  private readonly nodes: readonly HttpAddress[];
  private current: Client;
  private state: string;

  /** @throws AppError `invalid_option` for a bad address, `unreadable_file` for the authority's file */
  constructor(private readonly options: ConnectionOptions) {
    this.requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.nodes = options.nodes.map((node) => parseHttpAddress(node, { option: 'elasticsearch.url' }));
    this.address = this.nodes.map(addressText).join(', ');
    if (options.caFingerprint !== undefined && this.nodes.some(({ url }) => url.protocol !== 'https:')) {
      throw new AppError(
        'invalid_option',
        `elasticsearch.caFingerprint: ${this.address} has no certificate to compare; expected an https address`,
      );
    }
    this.state = stateOf(options);
    this.current = this.connect();
  }

  /** The client as the files are now. Requests under way end on the one before. */
  client(): Client {
    const state = stateOf(this.options);
    if (state === this.state) return this.current;
    const before = this.current;
    try {
      this.current = this.connect();
      this.state = state;
      void before.close();
    } catch {
      // Somebody is replacing the files: what was read before is good until they are whole.
    }
    return this.current;
  }

  /** Closes the connections. */
  close(): Promise<void> {
    return this.current.close();
  }

  private connect(): Client {
    const { caFile, caFingerprint } = this.options;
    const tls = {
      ...(caFile === undefined ? {} : { ca: readAuthority(caFile) }),
      // The fingerprint says whom to trust; an authority beside it is checked too.
      ...(caFingerprint === undefined || caFile !== undefined ? {} : { rejectUnauthorized: false }),
    };
    return new Client({
      nodes: this.nodes.map(({ url }) => url.href),
      ...authOf(this.options, this.nodes),
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
      ...(caFingerprint === undefined ? {} : { caFingerprint: withColons(caFingerprint) }),
      requestTimeout: this.requestTimeoutMs,
      maxRetries: MAX_RETRIES,
      ...(this.nodes.length > 1
        ? { Transport: PatientTransport, ConnectionPool: ClusterConnectionPool }
        : {}),
      compression: false,
      Connection: BoundedConnection,
    });
  }
}

/** Differs whenever a file has been written or replaced. */
function stateOf({ apiKey, serviceToken, password, caFile }: ConnectionOptions): string {
  const files = [apiKey?.file, serviceToken?.file, password?.file, caFile];
  return files
    .map((file) => {
      const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '' : [stat.mtimeMs, stat.ino, stat.size].join('/');
    })
    .join(' ');
}

function authOf(options: ConnectionOptions, nodes: readonly HttpAddress[]): Pick<ClientOptions, 'auth'> {
  const { apiKey, serviceToken, username, password } = options;
  if (apiKey !== undefined) return { auth: { apiKey: apiKey.latest() } };
  if (serviceToken !== undefined) return { auth: { bearer: serviceToken.latest() } };
  if (username !== undefined) return { auth: { username, password: password?.latest() ?? '' } };
  const named = nodes.find((node) => node.username !== undefined);
  if (named?.username === undefined) return {};
  return { auth: { username: named.username, password: named.password?.reveal() ?? '' } };
}

function withColons(fingerprint: string): string {
  const digits = fingerprint.replaceAll(':', '').toUpperCase();
  return (digits.match(/../g) ?? []).join(':');
}

function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError('unreadable_file', `elasticsearch ca file: cannot read ${file}`, { cause: error });
  }
}
