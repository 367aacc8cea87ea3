import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { AppError } from '../../src/domain/error.js';
import { Secret } from '../../src/domain/secret.js';
import { bulkWrite } from '../../src/store/elasticsearch/bulk-writer.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const PASSWORD = 'correct horse';
const USERS = [
  { name: 'boss', password: PASSWORD, roles: ['superuser'] },
  { name: 'reader', password: PASSWORD, roles: ['log_reader'] },
];
const ROLES = `
log_reader:
  cluster: [ monitor ]
  indices:
    - names: [ 'logs-*' ]
      privileges: [ read, view_index_metadata ]
`;

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describeElasticsearch(
  'a cluster with security on',
  (server) => {
    it('lets in who has a password, in the options or in the address', async () => {
      const named = new Cluster({ nodes: [server().url], username: 'boss', password: new Secret(PASSWORD) });
      const [scheme, host] = server().url.split('//');
      const inAddress = new Cluster({ nodes: [`${scheme!}//boss:${encodeURIComponent(PASSWORD)}@${host!}`] });
      for (const cluster of [named, inAddress]) {
        expect(await cluster.version()).toBe('8.19.9');
        expect(cluster.address).toBe(server().url);
        await cluster.close();
      }
    });

    it('says who is not let in, and never with what password', async () => {
      const wrong = new Cluster({
        nodes: [server().url],
        username: 'boss',
        password: new Secret('mistaken'),
      });
      const error = await failure(wrong.version());
      expect(error).toMatchObject({ code: 'unauthorized', retryable: false });
      const shown = inspect(error, { depth: null, showHidden: true }) + inspect(wrong.address);
      expect(shown).not.toContain('mistaken');
      expect(shown).not.toContain(Buffer.from('boss:mistaken').toString('base64'));
      await wrong.close();
    });

    it('says what a user may not do', async () => {
      const reader = new Cluster({
        nodes: [server().url],
        username: 'reader',
        password: new Secret(PASSWORD),
      });
      const error = await failure(bulkWrite(reader, [{ index: 'logs-x', id: '1', document: {} }]));
      expect(error.code).toBe('unauthorized');
      expect(error.message).toContain('reader');
      await reader.close();
    });
  },
  { name: 'security', users: USERS, roles: ROLES },
);

describeElasticsearch(
  'a cluster of several nodes',
  (server) => {
    it('answers through each of them', async () => {
      const cluster = new Cluster({ nodes: [...server().urls] });
      const { number_of_nodes: count } = await cluster.ask('ask for the health', (client) =>
        client.cluster.health(),
      );
      expect(count).toBe(2);
      await cluster.close();
    });
  },
  { name: 'nodes', nodes: 2 },
);

/** A server that gives one answer after another, the last one for ever. */
async function serverWith(
  answers: readonly { status: number; body: unknown }[],
): Promise<{ server: Server; url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { status, body } = answers[Math.min(requests.length, answers.length - 1)]!;
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      requests.push(text);
      response.writeHead(status, {
        'x-elastic-product': 'Elasticsearch',
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, requests };
}

const item = (status: number, reason?: string): unknown => ({
  create: {
    _index: 'i',
    _id: 'x',
    status,
    ...(reason === undefined ? {} : { error: { type: 't', reason } }),
  },
});

describe('the bulk writer', () => {
  const write = (id: string): { index: string; id: string; document: object } => ({
    index: 'i',
    id,
    document: { id },
  });

  it('tries again what the cluster was too busy for, and nothing else', async () => {
    const { server, url, requests } = await serverWith([
      {
        status: 200,
        body: { errors: true, items: [item(201), item(429, 'busy'), item(409, 'exists'), item(503)] },
      },
      { status: 200, body: { errors: true, items: [item(429, 'busy'), item(201)] } },
      { status: 200, body: { errors: false, items: [item(201)] } },
    ]);
    const cluster = new Cluster({ nodes: [url] });
    expect(await bulkWrite(cluster, ['a', 'b', 'c', 'd'].map(write))).toEqual([
      'written',
      'written',
      'conflict',
      'written',
    ]);
    const sent = requests.map((text) => [...text.matchAll(/"_id":"(.)"/g)].map(([, id]) => id));
    expect(sent).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['b']]);
    await cluster.close();
    server.close();
  });

  it('gives up after bounded attempts, as something worth another try later', async () => {
    const { server, url } = await serverWith([
      { status: 200, body: { errors: true, items: [item(429, 'queue is full')] } },
    ]);
    const cluster = new Cluster({ nodes: [url] });
    const error = await failure(bulkWrite(cluster, [write('a')]));
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: true });
    expect(error.message).toContain('queue is full');
    await cluster.close();
    server.close();
  });

  it('names why a document was refused', async () => {
    const { server, url } = await serverWith([
      { status: 200, body: { errors: true, items: [item(201), item(400, 'no such ip')] } },
    ]);
    const cluster = new Cluster({ nodes: [url] });
    const error = await failure(bulkWrite(cluster, ['a', 'b'].map(write)));
    expect(error).toMatchObject({
      code: 'store_rejected',
      retryable: false,
      message: 'could not write to i: no such ip',
    });
    await cluster.close();
    server.close();
  });

  it('sends large documents in requests of bounded size', async () => {
    const { server, url, requests } = await serverWith([
      { status: 200, body: { errors: false, items: [item(201), item(201)] } },
    ]);
    const cluster = new Cluster({ nodes: [url] });
    const large = ['a', 'b', 'c', 'd'].map((id) => ({
      ...write(id),
      document: { text: 'x'.repeat(2_400_000) },
    }));
    expect(await bulkWrite(cluster, large)).toEqual(['written', 'written', 'written', 'written']);
    expect(requests.map((text) => text.length < 5_000_000)).toEqual([true, true]);
    await cluster.close();
    server.close();
  });
});

describe('a cluster that is not there', () => {
  it('is an error worth another try, with the address and without the password', async () => {
    const cluster = new Cluster({ nodes: ['http://boss:hunter2@127.0.0.1:1'] });
    const error = await failure(cluster.version());
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: true });
    expect(error.message).toContain('http://127.0.0.1:1');
    expect(inspect(error, { depth: null })).not.toContain('hunter2');
    await cluster.close();
  });

  it('is told apart from a server that is no Elasticsearch', async () => {
    const server = createServer((_request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const cluster = new Cluster({
      nodes: [`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`],
    });
    expect(await failure(cluster.version())).toMatchObject({ code: 'store_rejected', retryable: false });
    await cluster.close();
    server.close();
  });

  it('is refused at once where its address is none', () => {
    const badUrl = {
      code: 'invalid_option',
      message: 'elasticsearch url: "ftp://x" is no http or https address',
    };
    expect(() => new Cluster({ nodes: ['ftp://boss:hunter2@x'] })).toThrow(
      expect.objectContaining(badUrl) as Error,
    );
    expect(() => new Cluster({ nodes: ['http://a'], caFile: '/none' })).toThrow(
      expect.objectContaining({ code: 'unreadable_file' }) as Error,
    );
  });
});
