/**
 * Test suites against a real Elasticsearch.
 */
import type { BrokerRequest } from './broker.js';
import { obstacleTo } from './distribution.js';

/** The server of a suite. */
export interface TestServer {
  /** Address of the first node. */
  readonly url: string;
  readonly urls: readonly string[];
}

const START_TIMEOUT_MS = 300_000;

/**
 * A suite with a real server. It is shared with other suites, so a suite asks only after its own
 * jobs and indices; one that needs a server for itself gives it a name.
 * Where no server can be had the suite is skipped, and jest has said so before.
 */
export function describeElasticsearch(
  title: string,
  suite: (server: () => TestServer) => void,
  request: BrokerRequest = {},
): void {
  const missing = process.env.ELKHOUND_TEST_ELASTICSEARCH_MISSING ?? obstacleTo(request.version ?? '8.19.9');
  if (missing !== undefined && !usesOther(request)) {
    describe.skip(`${title} (${missing})`, () => {
      it('did not run', () => undefined);
    });
    return;
  }
  describe(title, () => {
    let server: TestServer | undefined;
    beforeAll(async () => {
      server = await serverFor(request);
    }, START_TIMEOUT_MS);
    suite(() => {
      if (server === undefined) throw new Error('the server is known only while tests run');
      return server;
    });
    if (request.name !== undefined) afterAll(() => ask('DELETE', request));
  });
}

/** Another server stands in for the plain one only: nobody knows what else it is. */
function usesOther(request: BrokerRequest): boolean {
  return process.env.ELKHOUND_TEST_ELASTICSEARCH_URL !== undefined && Object.keys(request).length === 0;
}

async function serverFor(request: BrokerRequest): Promise<TestServer> {
  const other = process.env.ELKHOUND_TEST_ELASTICSEARCH_URL;
  if (other !== undefined && usesOther(request)) return { url: other, urls: [other] };
  const { urls } = JSON.parse(await ask('POST', request)) as { urls: string[] };
  return { url: urls[0]!, urls };
}

async function ask(method: 'POST' | 'DELETE', request: BrokerRequest): Promise<string> {
  const broker = process.env.ELKHOUND_TEST_BROKER;
  if (broker === undefined) throw new Error('jest was started without test/elastic/global-setup.cjs');
  const response = await fetch(broker, { method, body: JSON.stringify(request) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
