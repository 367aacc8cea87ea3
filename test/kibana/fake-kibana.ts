/**
 * A server on loopback that answers as Kibana's source and documentation say: no real Kibana can be had
 * where the tests run. It keeps what it gets, migrates what is imported as Kibana does (so that nothing
 * comes back as it was sent), and knows an id only once over all spaces.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An object as this Kibana keeps it. */
export interface KeptObject {
  readonly type: string;
  readonly id: string;
  attributes: Record<string, unknown>;
  references: { type: string; id: string; name: string }[];
  updated_at: string;
}

/** What this Kibana is like. */
export interface FakeKibanaOptions {
  readonly version?: string;
  readonly spaces?: readonly string[];
  /** Value of `Authorization` that it takes; any if absent. */
  readonly authorization?: string;
  /** Answers instead, where it has something to say. */
  readonly intercept?: (method: string, path: string) => Answer | undefined;
}

/** Status and body of an answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it came. */
export interface Noted {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Named = Pick<KeptObject, 'type' | 'id'>;

/** A stateful Kibana on loopback. */
export class FakeKibana {
  /** Every request, in order. */
  readonly requests: Noted[] = [];
  /** Objects by space and `type:id`. */
  readonly objects = new Map<string, Map<string, KeptObject>>();
  /** Rules and connectors by space and path. */
  readonly extras = new Map<string, unknown>();
  private moment = Date.UTC(2026, 0, 1);
  private readonly server = createServer(((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void this.answer(request, Buffer.concat(chunks)).then(({ status, body, headers }) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
      });
    });
  }) satisfies RequestListener);

  private constructor(private readonly options: FakeKibanaOptions) {}

  static async start(options: FakeKibanaOptions = {}): Promise<FakeKibana> {
    const kibana = new FakeKibana(options);
    await new Promise<void>((resolve) => kibana.server.listen(0, '127.0.0.1', resolve));
    return kibana;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Objects of a space. */
  in(space = 'default'): Map<string, KeptObject> {
    const known = this.objects.get(space) ?? new Map<string, KeptObject>();
    this.objects.set(space, known);
    return known;
  }

  /** What a user does in the pages. */
  edit(key: string, attributes: Record<string, unknown>, space = 'default'): void {
    const object = this.in(space).get(key)!;
    Object.assign(object.attributes, attributes);
    object.updated_at = this.tick();
  }

  /** What an upgrade does: content changes, the time of the last change does not. */
  upgrade(): void {
    for (const objects of this.objects.values()) {
      for (const object of objects.values()) object.attributes.upgraded = true;
    }
  }

  /** Requests that change something. */
  writes(): string[] {
    const reads = ['_export', '/api/status'];
    return this.requests
      .filter(({ method, path }) => method !== 'GET' && !reads.some((read) => path.includes(read)))
      .map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    this.requests.push({ method, path: url, headers, body: body.toString() });
    const { authorization, intercept } = this.options;
    if (authorization !== undefined && headers.authorization !== authorization) {
      return problem(401, 'Unauthorized', '[security_exception]: unable to authenticate user');
    }
    const other = intercept?.(method, url);
    if (other !== undefined) return other;
    if (method !== 'GET' && headers['kbn-xsrf'] === undefined) {
      return problem(400, 'Bad Request', 'Request must contain a kbn-xsrf header.');
    }
    const [, space = 'default', path = ''] = /^(?:\/s\/([^/]+))?(.*)$/.exec(url)!;
    return this.route(method, path, space, headers, body);
  }

  private async route(
    method: string,
    path: string,
    space: string,
    headers: IncomingMessage['headers'],
    body: Buffer,
  ): Promise<Answer> {
    if (path === '/api/status') {
      return { status: 200, body: { name: 'kibana', version: { number: this.options.version ?? '8.19.9' } } };
    }
    if (path.startsWith('/api/spaces/space')) return this.space(path.slice('/api/spaces/space'.length + 1));
    if (path === '/api/saved_objects/_export')
      return this.export(JSON.parse(body.toString()) as { objects: Named[] }, space);
    if (path === '/api/saved_objects/_import?overwrite=true') {
      return this.import(await fileOf(headers['content-type'] ?? '', body), space);
    }
    if (path === '/api/saved_objects/_bulk_delete') {
      return this.remove(JSON.parse(body.toString()) as Named[], space);
    }
    return this.extra(method, path, space, body.toString());
  }

  private space(id: string): Answer {
    const spaces = ['default', ...(this.options.spaces ?? [])];
    if (id === '') return { status: 200, body: spaces.map((known) => ({ id: known, name: known })) };
    return spaces.includes(id) ? { status: 200, body: { id } } : problem(404, 'Not Found', 'Not Found');
  }

  private export({ objects }: { objects: Named[] }, space: string): Answer {
    const found = objects.map(({ type, id }) => this.in(space).get(`${type}:${id}`));
    if (found.every((object) => object !== undefined)) {
      return { status: 200, body: found.map((object) => JSON.stringify(object)).join('\n') };
    }
    const missing = objects
      .filter((_object, i) => found[i] === undefined)
      .map(({ type, id }) => ({
        type,
        id,
        error: { statusCode: 404, error: 'Not Found', message: 'not found' },
      }));
    return {
      ...problem(400, 'Bad Request', 'Error fetching objects to export'),
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: 'Error fetching objects to export',
        attributes: { objects: missing },
      },
    };
  }

  private import(lines: readonly KeptObject[], space: string): Answer {
    const isThere = (reference: Named): boolean =>
      lines.some(({ type, id }) => type === reference.type && id === reference.id) ||
      this.in(space).has(`${reference.type}:${reference.id}`);
    const errors = lines.flatMap(({ type, id, references }) => {
      const missing = references.filter(
        (reference) => ['index-pattern', 'search'].includes(reference.type) && !isThere(reference),
      );
      return missing.length === 0
        ? []
        : [{ type, id, error: { type: 'missing_references', references: missing } }];
    });
    if (errors.length > 0) return { status: 200, body: { success: false, successCount: 0, errors } };
    const ids = new Map(lines.map((line) => [`${line.type}:${line.id}`, this.idFor(line, space)]));
    const successResults = lines.map((line) => {
      const { type, id } = line;
      const given = ids.get(`${type}:${id}`)!;
      const references = line.references.map((reference) => ({
        ...reference,
        id: ids.get(`${reference.type}:${reference.id}`) ?? reference.id,
      }));
      // What a migration leaves behind.
      const attributes = { ...line.attributes, migrated: true };
      this.in(space).set(`${type}:${given}`, {
        type,
        id: given,
        attributes,
        references,
        updated_at: this.tick(),
      });
      return { type, id, meta: {}, ...(given === id ? {} : { destinationId: given }) };
    });
    return { status: 200, body: { success: true, successCount: lines.length, successResults } };
  }

  private idFor({ type, id }: Named, space: string): string {
    const elsewhere = [...this.objects].some(
      ([other, objects]) => other !== space && objects.has(`${type}:${id}`),
    );
    return elsewhere ? randomUUID() : id;
  }

  private remove(named: readonly Named[], space: string): Answer {
    const statuses = named.map(({ type, id }) => ({
      type,
      id,
      success: this.in(space).delete(`${type}:${id}`),
      error: { statusCode: 404, message: 'not found' },
    }));
    return { status: 200, body: { statuses } };
  }

  /** Rules and connectors: made by POST, found, replaced and removed under their own address. */
  private extra(method: string, path: string, space: string, body: string): Answer {
    const detection = '/api/detection_engine/rules';
    const named =
      path === detection ? `${path}?rule_id=${(JSON.parse(body) as { rule_id: string }).rule_id}` : path;
    const key = `${space} ${named}`;
    if (method === 'POST') {
      if (this.extras.has(key)) return problem(409, 'Conflict', 'it exists already');
      this.extras.set(key, JSON.parse(body));
      return { status: 200, body: JSON.parse(body) as unknown };
    }
    if (!this.extras.has(key)) return problem(404, 'Not Found', 'not found');
    if (method === 'PUT') this.extras.set(key, JSON.parse(body));
    if (method === 'DELETE') this.extras.delete(key);
    return method === 'DELETE' ? { status: 204, body: '' } : { status: 200, body: this.extras.get(key) };
  }

  private tick(): string {
    this.moment += 1000;
    return new Date(this.moment).toISOString();
  }
}

/** An answer of Kibana's error handler. */
export function problem(status: number, error: string, message: string): Answer {
  return { status, body: { statusCode: status, error, message } };
}

async function fileOf(contentType: string, body: Buffer): Promise<KeptObject[]> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const file = form.get('file') as File;
  if (!file.name.endsWith('.ndjson')) throw new TypeError(`Kibana takes no file of the name ${file.name}`);
  const lines = (await file.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as KeptObject);
}
