import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { AppError } from '../../src/domain/error.js';
import { Secret } from '../../src/domain/secret.js';
import { BulkWriter } from '../../src/store/elasticsearch/bulk-writer.js';
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

describe('a cluster of several addresses', () => {
  it('is asked at the next one where the first hangs, which is then left alone', async () => {
    let hung = 0;
    const servers = [
      createServer(() => hung++),
      createServer((_, response) => {
        response.setHeader('x-elastic-product', 'Elasticsearch');
        response.setHeader('content-type', 'application/vnd.elasticsearch+json;compatible-with=8');
        response.end(JSON.stringify({ nodes: { n: { version: '8.19.9' } } }));
      }),
    ];
    for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
    const nodes = servers.map(
      (server) => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    );
    const cluster = new Cluster({ nodes, requestTimeoutMs: 1_000 });
    for (let asked = 0; asked < 6; asked++) expect(await cluster.version()).toBe('8.19.9');
    expect(hung).toBe(1);
    await cluster.close();
    const alone = new Cluster({ nodes: [nodes[0]!], requestTimeoutMs: 200 });
    expect(await failure(alone.version())).toMatchObject({ code: 'timeout' });
    expect(hung).toBe(2);
    await alone.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
});

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
      const writer = new BulkWriter({ cluster: reader });
      const error = await failure(writer.write([{ index: 'logs-x', id: '1', document: {} }]));
      expect(error.code).toBe('unauthorized');
      expect(error.message).toMatch(
        /^could not write to logs-x \(.*\): missing index privilege create_doc \(user \[reader\]\)$/,
      );
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
      message: 'elasticsearch.url: expected an address that begins with http:// or https://',
    };
    expect(() => new Cluster({ nodes: ['ftp://boss:hunter2@x'] })).toThrow(
      expect.objectContaining(badUrl) as Error,
    );
    expect(() => new Cluster({ nodes: ['http://a'], caFile: '/none' })).toThrow(
      expect.objectContaining({ code: 'unreadable_file' }) as Error,
    );
  });
});
