import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.js';
import { Secret } from '../../src/domain/secret.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { clusterOptionsOf } from '../../src/store/open-store.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { javaHomeFor } from '../elastic/distribution.js';

const PASSWORD = 'correct horse';
const folder = mkdtempSync(join(tmpdir(), 'elkhound-connection-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A certificate that signs itself, as the JDK makes it. */
function certificate(name: string): { keystore: string; caFile: string; fingerprint: string } {
  const [keystore, caFile] = [join(folder, `${name}.p12`), join(folder, `${name}.pem`)];
  const keytool = join(javaHomeFor('8.19.9'), 'bin', 'keytool');
  const store = ['-keystore', keystore, '-storepass', PASSWORD, '-alias', 'http'];
  const about = ['-keyalg', 'EC', '-dname', `CN=${name}`, '-ext', 'san=ip:127.0.0.1', '-ext', 'bc=ca:true'];
  execFileSync(keytool, ['-genkeypair', ...store, ...about], { stdio: 'pipe' });
  writeFileSync(caFile, execFileSync(keytool, ['-exportcert', '-rfc', ...store], { stdio: 'pipe' }));
  const { fingerprint256: fingerprint } = new X509Certificate(readFileSync(caFile));
  return { keystore, caFile, fingerprint };
}

/** Replaces a file in one step, as tools that renew keys do. */
function replace(file: string, text: string | Buffer): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const request =
  process.env.ELKHOUND_TEST_BROKER === undefined
    ? {}
    : { tls: { keystore: certificate('real').keystore, password: PASSWORD } };

describeElasticsearch(
  'a connection to a cluster with TLS and security on',
  (server) => {
    const identity = { username: 'boss', password: new Secret(PASSWORD) };
    const real = (): string => join(folder, 'real.pem');
    const version = async (options: object): Promise<string> => {
      const cluster = new Cluster({ nodes: [server().url], ...identity, ...options });
      try {
        return await cluster.version();
      } finally {
        await cluster.close();
      }
    };

    it('is made where the authority or its fingerprint is right, and only there', async () => {
      const { fingerprint256 } = new X509Certificate(readFileSync(real()));
      const other = certificate('other');
      expect(await version({ caFile: real() })).toBe('8.19.9');
      expect(await version({ caFingerprint: fingerprint256 })).toBe('8.19.9');
      const digits = fingerprint256.replaceAll(':', '').toLowerCase();
      expect(await version({ caFile: real(), caFingerprint: digits })).toBe('8.19.9');
      const refused = { code: 'store_unavailable' };
      await expect(version({})).rejects.toMatchObject(refused);
      await expect(version({ caFile: other.caFile })).rejects.toMatchObject(refused);
      await expect(version({ caFingerprint: other.fingerprint })).rejects.toMatchObject({
        message: expect.stringContaining('fingerprint does not match') as string,
      });
    });

    it('takes up a new authority and a new password from their files', async () => {
      const [caFile, passwordFile] = [join(folder, 'ca.pem'), join(folder, 'password')];
      replace(caFile, readFileSync(real()));
      replace(passwordFile, PASSWORD);
      const cluster = new Cluster({
        nodes: [server().url],
        username: 'boss',
        password: Secret.ofFile(passwordFile),
        caFile,
      });
      expect(await cluster.version()).toBe('8.19.9');
      replace(passwordFile, 'mistaken');
      await expect(cluster.version()).rejects.toMatchObject({ code: 'unauthorized' });
      replace(passwordFile, `${PASSWORD}\n`);
      expect(await cluster.version()).toBe('8.19.9');
      replace(caFile, readFileSync(certificate('renewed').caFile));
      await expect(cluster.version()).rejects.toMatchObject({ code: 'store_unavailable' });
      replace(caFile, readFileSync(real()));
      expect(await cluster.version()).toBe('8.19.9');
      // One that is gone for a moment is no reason to stop.
      rmSync(passwordFile);
      expect(await cluster.version()).toBe('8.19.9');
      await cluster.close();
    });
  },
  { name: 'tls', users: [{ name: 'boss', password: PASSWORD, roles: ['superuser'] }], ...request },
);

/** A cluster that notes who asks: the test distribution has no API keys and no service accounts. */
async function listening(): Promise<{ url: string; asked: (string | undefined)[]; server: Server }> {
  const asked: (string | undefined)[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming.headers.authorization);
    response.setHeader('x-elastic-product', 'Elasticsearch');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ nodes: { a: { version: '8.19.9' } } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked, server };
}

describe('a connection', () => {
  it('says who asks in the way that is configured, and anew when the key is renewed', async () => {
    const { url, asked, server } = await listening();
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, 'old-key');
    const ways = [`apiKeyFile: ${keyFile}`, 'serviceToken: token', 'username: u\n  password: p'];
    const clusters = ways.map((way) => {
      const config = parseConfig(`elasticsearch:\n  url: ${url}\n  ${way}\n`, 'f');
      return new Cluster(clusterOptionsOf(config));
    });
    for (const cluster of clusters) await cluster.version();
    replace(keyFile, 'newer-key');
    await clusters[0]!.version();
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(asked).toEqual(['ApiKey old-key', 'Bearer token', basic, 'ApiKey newer-key']);
    for (const cluster of clusters) await cluster.close();
    server.close();
  });

  it('goes where the cloud id says', () => {
    const id = `logs:${Buffer.from('eu.example.net:9243$0123abcd$4567').toString('base64')}`;
    const { nodes } = clusterOptionsOf(parseConfig(`elasticsearch: { cloudId: "${id}" }`, 'f'));
    expect(nodes).toEqual(['https://0123abcd.eu.example.net:9243']);
    expect(() => parseConfig('elasticsearch: { cloudId: nonsense }', 'f')).toThrow('expected a cloud id');
  });

  it.each([
    [
      'https',
      createServer(),
      /the server speaks no TLS: write http:\/\/ instead of https:\/\/ in elasticsearch\.url/,
    ],
    ['http', createTlsServer(), /where it speaks TLS, write https:\/\/ in elasticsearch\.url/],
  ])('says what to write where %s is not what the server speaks', async (scheme, server, remedy) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cluster = new Cluster({
      nodes: [`${scheme}://127.0.0.1:${String(port)}`],
      retry: { attempts: 1, firstWaitMs: 1, longestWaitMs: 1 },
    });
    const failure: unknown = await cluster.version().catch((error: unknown) => error);
    await cluster.close();
    server.close();
    expect(failure).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(remedy) as string,
    });
  });

  it('has no fingerprint to compare without TLS', () => {
    const caFingerprint = 'ab'.repeat(32);
    expect(() => new Cluster({ nodes: ['http://127.0.0.1:1'], caFingerprint })).toThrow(
      'elasticsearch.caFingerprint',
    );
  });
});
