/**
 * A Kibana, and what is asked of it.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import { z } from 'zod';
import { AppError } from '../../domain/error.js';
import { addressText, parseHttpAddress, type HttpAddress } from '../../domain/http-address.js';
import { parseJson } from '../../domain/json.js';
import type { Secret } from '../../domain/secret.js';

/** Where Kibana is, and who asks. Of the ways to say who, the first that is given counts. */
export interface KibanaOptions {
  /** Address, with `server.basePath` where there is one; a user and password in it are used and then forgotten. */
  readonly url: string;
  /** Id of the space; the default one if absent. */
  readonly space?: string | undefined;
  readonly apiKey?: Secret | undefined;
  readonly serviceToken?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  /** PEM file of the authority that signed Kibana's certificate. */
  readonly caFile?: string | undefined;
  /** Longest wait for one answer. (Default: 60,000) */
  readonly requestTimeoutMs?: number | undefined;
}

/** One request to Kibana's API. */
export interface KibanaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `/api` on, with its query; the space is put before it. */
  readonly path: string;
  /** Asked of Kibana as a whole, and not of the space. */
  readonly global?: true;
  readonly body?: object;
  /** Sent as a file of that content instead of a body. */
  readonly ndjson?: string;
}

/** Status and text of an answer, whatever it says. */
export interface KibanaAnswer {
  readonly status: number;
  readonly text: string;
}

/** Kibana's own name of the space that everybody has. */
export const DEFAULT_SPACE = 'default';

/** To import takes a while on a small machine: objects are migrated one by one. */
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_DETAIL = 300;
const PUBLIC_API_VERSION = '2023-10-31';
const SPACE_ID = /^[a-z0-9_-]+$/;

const problemSchema = z.object({ message: z.string() });

/** A Kibana; every failure is an AppError that says what was asked of whom, and never holds a credential. */
export class Kibana {
  /** Address without credentials, for messages. */
  readonly address: string;
  readonly space: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly agent: Agent | undefined;
  private readonly timeoutMs: number;

  /** @throws AppError `invalid_option` for a bad address or space, `unreadable_file` for the authority's file */
  constructor(options: KibanaOptions) {
    const address = parseHttpAddress(options.url, { option: 'kibana.url' });
    this.address = addressText(address);
    this.space = options.space ?? DEFAULT_SPACE;
    if (!SPACE_ID.test(this.space)) {
      throw new AppError(
        'invalid_option',
        `kibana.space: "${this.space}" is no id of a space; expected lower-case letters, digits, "-" and "_", as in the address of its pages after /s/`,
      );
    }
    this.headers = authorizationOf(options, address);
    this.agent = options.caFile === undefined ? undefined : agentTrusting(options.caFile);
    this.timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  /** What stands before the paths of the space. */
  private get prefix(): string {
    return this.space === DEFAULT_SPACE ? '' : `/s/${this.space}`;
  }

  /**
   * The answer, checked by a schema.
   * @param what the request in words, completing "could not …"
   * @throws AppError for every answer but a good one
   */
  async ask<T>(what: string, request: KibanaRequest, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.send(what, request);
    if (answer.status >= 300) throw this.failure(what, answer);
    const parsed = schema.safeParse(parseJson(answer.text));
    if (parsed.success) return parsed.data;
    throw new AppError(
      'store_rejected',
      `could not ${what} (${this.address}): the answer is not one of Kibana; expected Kibana’s own address, with server.basePath where it has one`,
    );
  }

  /** The answer, whatever its status. @throws AppError where there is none */
  async send(what: string, { method, path, body, ndjson, global }: KibanaRequest): Promise<KibanaAnswer> {
    try {
      const answer: AxiosResponse<string> = await axios.request<string>({
        method,
        url: `${this.address}${global === true ? '' : this.prefix}${path}`,
        headers: {
          ...this.headers,
          'kbn-xsrf': 'true',
          'user-agent': 'elkhound',
          // Routes that have versions want to be told which; the others look elsewhere.
          ...(path.startsWith('/api/detection_engine/') ? { 'elastic-api-version': PUBLIC_API_VERSION } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(ndjson === undefined ? {} : { data: fileOf(ndjson) }),
        ...(body === undefined ? {} : { data: JSON.stringify(body) }),
        ...(this.agent === undefined ? {} : { httpsAgent: this.agent }),
        signal: AbortSignal.timeout(this.timeoutMs),
        proxy: false,
        maxRedirects: 0,
        maxContentLength: MAX_ANSWER_BYTES,
        responseType: 'text',
        transformResponse: (text: string) => text,
        validateStatus: () => true,
      });
      return { status: answer.status, text: answer.data };
    } catch (error) {
      throw this.unreachable(what, error);
    }
  }

  /** The error of an answer that is not a good one. */
  failure(what: string, { status, text }: KibanaAnswer): AppError {
    const failed = `could not ${what} (${this.address})`;
    const detail = detailOf(text);
    const said = detail === '' ? `status ${String(status)}` : `${detail} (status ${String(status)})`;
    if (status < 400) {
      return new AppError(
        'store_rejected',
        `${failed}: it sends elsewhere (status ${String(status)}); expected Kibana’s own address, with server.basePath where it has one`,
      );
    }
    if (status === 401) {
      return new AppError(
        'unauthorized',
        `${failed}: Kibana does not know who asks (status 401); it gets the credentials of elasticsearch unless kibana.apiKey or kibana.username says others`,
      );
    }
    if (status === 403) return new AppError('unauthorized', `${failed}: ${said}; ${PRIVILEGES}`);
    if (status === 404) return new AppError('not_found', `${failed}: ${said}`);
    if (status === 409) return new AppError('store_conflict', `${failed}: ${said}`);
    if (status === 413) return new AppError('too_large', `${failed}: ${said}`);
    if (status === 429 || status >= 500) {
      return new AppError('store_unavailable', `${failed}: ${said}`, { retryable: true });
    }
    return new AppError('store_rejected', `${failed}: ${said}`);
  }

  private unreachable(what: string, error: unknown): AppError {
    const failed = `could not ${what} (${this.address})`;
    // Messages of the HTTP client could hold what was sent; its codes cannot.
    const code = isAxiosError(error) ? error.code : undefined;
    if (code === 'ERR_CANCELED') {
      return new AppError('timeout', `${failed}: no answer within ${String(this.timeoutMs)} ms`, {
        retryable: true,
      });
    }
    const remedy = /CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(code ?? '')
      ? '; set kibana.caFile to the PEM file of the authority that signed Kibana’s certificate'
      : '; is kibana.url right, and does Kibana run?';
    return new AppError('store_unavailable', `${failed}: ${code ?? 'the request failed'}${remedy}`, {
      retryable: true,
    });
  }
}

const PRIVILEGES = 'give the user a role with the Kibana privileges that docs/kibana.md lists, in this space';

function authorizationOf(options: KibanaOptions, address: HttpAddress): Record<string, string> {
  const { apiKey, serviceToken, username, password } = options;
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey.latest()}` };
  if (serviceToken !== undefined) return { authorization: `Bearer ${serviceToken.latest()}` };
  if (username !== undefined) return basic(username, password?.latest() ?? '');
  if (address.username === undefined) return {};
  return basic(address.username, address.password?.reveal() ?? '');
}

function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** Beside the authorities that everybody trusts: Kibana's certificate may be of one of those. */
function agentTrusting(file: string): Agent {
  try {
    return new Agent({ ca: [...rootCertificates, readFileSync(file, 'utf8')] });
  } catch (cause) {
    throw new AppError('unreadable_file', `kibana.caFile: cannot read "${file}"`, { cause });
  }
}

/** Kibana looks at the ending of the file's name. */
function fileOf(ndjson: string): FormData {
  const form = new FormData();
  form.append('file', new Blob([ndjson], { type: 'application/ndjson' }), 'elkhound.ndjson');
  return form;
}

/** What Kibana says is wrong, on one line. */
function detailOf(text: string): string {
  const problem = problemSchema.safeParse(parseJson(text));
  if (!problem.success) return '';
  const line = problem.data.message.replace(/\s+/g, ' ').trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
}
