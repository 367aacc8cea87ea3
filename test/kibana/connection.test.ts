import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.js';
import { AppError } from '../../src/domain/error.js';
import { Secret } from '../../src/domain/secret.js';
import { kibanaAccess } from '../../src/kibana/install/access.js';
import { Kibana, type KibanaOptions } from '../../src/kibana/install/connection.js';
import { planInstall } from '../../src/kibana/install/install.js';
import { NO_RECORD } from '../../src/kibana/install/record.js';
import { importObjects } from '../../src/kibana/install/transfer.js';
import { FakeKibana, problem, type Answer } from './fake-kibana.js';
import { sampleObjects } from './sample-objects.js';

const PASSWORD = 'a-password-of-nobody';

/** The error of a request that must not succeed. */
async function errorOf(request: () => Promise<unknown>): Promise<AppError> {
  try {
    await request();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
  throw new Error('it succeeded');
}

/** The error of looking at, or importing into, a Kibana that answers so. */
async function refusal(
  answer: Partial<Record<string, Answer>>,
  options: Partial<KibanaOptions> = {},
  server: { version?: string; spaces?: string[]; authorization?: string } = {},
): Promise<AppError> {
  const fake = await FakeKibana.start({
    ...server,
    intercept: (method, path) => answer[`${method} ${path}`],
  });
  try {
    const address = { url: fake.url, username: 'elastic', password: new Secret(PASSWORD) };
    const error = await errorOf(async () => {
      const kibana = new Kibana({ ...address, ...options });
      const objects = sampleObjects();
      await planInstall(kibana, { objects, record: NO_RECORD, overwrite: false });
      await importObjects(kibana, objects);
    });
    expect(`${error.message} ${String(error.stack)}`).not.toContain(PASSWORD);
    return error;
  } finally {
    await fake.stop();
  }
}

const EXPORT = 'POST /api/saved_objects/_export';
const IMPORT = 'POST /api/saved_objects/_import?overwrite=true';
const failure = (error: object): Answer => ({
  status: 200,
  body: {
    success: false,
    successCount: 0,
    errors: [{ type: 'dashboard', id: 'sample-dashboard', meta: {}, error }],
  },
});

describe('a Kibana that does not do what it is asked', () => {
  it.each<[string, Record<string, Answer>, string, RegExp]>([
    [
      'an API key that may not export',
      { [EXPORT]: problem(403, 'Forbidden', 'Unable to bulk_get dashboard') },
      'unauthorized',
      /look at the saved objects .*Unable to bulk_get dashboard \(status 403\); .*docs\/kibana\.md/,
    ],
    [
      'a reference to what is not there',
      {
        [IMPORT]: failure({
          type: 'missing_references',
          references: [{ type: 'index-pattern', id: 'gone' }],
        }),
      },
      'store_rejected',
      /space default\): dashboard:sample-dashboard: refers to index-pattern:gone, .*--overwrite/,
    ],
    [
      'an object of that id',
      { [IMPORT]: failure({ type: 'conflict' }) },
      'store_conflict',
      /dashboard:sample-dashboard: the space has an object of that id already/,
    ],
    [
      'several copies',
      { [IMPORT]: failure({ type: 'ambiguous_conflict', destinations: [] }) },
      'store_conflict',
      /several copies/,
    ],
    [
      'an unknown type',
      { [IMPORT]: failure({ type: 'unsupported_type' }) },
      'store_rejected',
      /does not know/,
    ],
    [
      'a failure of its own',
      { [IMPORT]: failure({ type: 'unknown', message: 'mapping is strict', statusCode: 400 }) },
      'store_rejected',
      /mapping is strict/,
    ],
    [
      'a file that is too new',
      { [IMPORT]: problem(422, 'Unprocessable Entity', 'belongs to a more recent version of Kibana') },
      'store_rejected',
      /more recent version of Kibana \(status 422\)/,
    ],
    [
      'a failure of many lines',
      { [IMPORT]: problem(400, 'Bad Request', `a\n b${'c'.repeat(400)}`) },
      'store_rejected',
      /: a bc{297}… \(status 400\)$/,
    ],
    ['a file that is too large', { [IMPORT]: problem(413, 'Too Large', 'Payload') }, 'too_large', /413/],
    [
      'an overloaded Kibana',
      { [IMPORT]: problem(503, 'Unavailable', 'not ready') },
      'store_unavailable',
      /503/,
    ],
    [
      'a page that is not Kibana',
      { 'GET /api/status': { status: 200, body: '<html>' } },
      'store_rejected',
      /not one of Kibana; expected Kibana’s own address, with server\.basePath/,
    ],
    [
      'a proxy that sends to a login page',
      { 'GET /api/status': { status: 302, headers: { location: '/login' } } },
      'store_rejected',
      /sends elsewhere \(status 302\)/,
    ],
    [
      'a Kibana that hides its version',
      { 'GET /api/status': { status: 200, body: { status: { overall: { level: 'available' } } } } },
      'unauthorized',
      /expected credentials/,
    ],
  ])('%s', async (_what, answer, code, message) => {
    const error = await refusal(answer);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('refuses other credentials', async () => {
    const error = await refusal({}, {}, { authorization: 'ApiKey other' });
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(error.message).toContain('kibana.apiKey');
  });

  it('has no such space, and names those it has', async () => {
    const error = await refusal({}, { space: 'sock' }, { spaces: ['soc', 'ops'] });
    expect(error).toMatchObject({ code: 'not_found' });
    expect(error.message).toMatch(/no space "sock"; .*one of: default, soc, ops$/);
  });

  it('is not there', async () => {
    const error = await refusal({}, { url: 'http://127.0.0.1:9' });
    expect(error).toMatchObject({ code: 'store_unavailable', retryable: true });
    expect(error.message).toMatch(/ECONNREFUSED; is kibana\.url right/);
  });
});

describe('the version of a Kibana', () => {
  it.each(['8.9.0', '9.0.1'])('is new enough with %s', async (version) => {
    const fake = await FakeKibana.start({ version });
    try {
      const plan = planInstall(new Kibana({ url: fake.url }), {
        objects: [],
        record: NO_RECORD,
        overwrite: false,
      });
      expect(await plan).toMatchObject({ version });
    } finally {
      await fake.stop();
    }
  });

  it('is too old for the saved objects', async () => {
    const error = await refusal({}, {}, { version: '8.8.2' });
    expect(error.message).toMatch(/is Kibana 8\.8\.2; the saved objects need 8\.9 or newer$/);
  });
});

describe('a Kibana that says nothing', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });

  it('is not waited for longer than allowed', async () => {
    const url = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const kibana = new Kibana({ url, requestTimeoutMs: 100 });
    const error = await errorOf(() =>
      planInstall(kibana, { objects: [], record: NO_RECORD, overwrite: false }),
    );
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
  });
});

describe('options of a Kibana', () => {
  it.each<[string, Partial<KibanaOptions>, RegExp]>([
    ['no address', { url: 'kibana' }, /kibana\.url/],
    ['another scheme', { url: 'ftp://kibana.example' }, /kibana\.url/],
    ['no id of a space', { space: 'My team' }, /kibana\.space: "My team" is no id of a space; expected/],
    ['no file', { caFile: join(__dirname, 'absent.pem') }, /kibana\.caFile: cannot read ".*absent\.pem"/],
  ])('%s', (_what, options, message) => {
    expect(() => new Kibana({ url: 'https://kibana.example', ...options })).toThrow(message);
  });

  it('keeps a path before its own, and sends the space after it', async () => {
    const fake = await FakeKibana.start({ intercept: () => ({ status: 200, body: {} }) });
    try {
      const kibana = new Kibana({ url: `${fake.url}/base/`, space: 'soc' });
      await kibana.send('ask', { method: 'GET', path: '/api/a' });
      await kibana.send('ask', { method: 'GET', path: '/api/b', global: true });
      expect(fake.requests.map(({ path }) => path)).toEqual(['/base/s/soc/api/a', '/base/api/b']);
    } finally {
      await fake.stop();
    }
  });
});

describe('who asks', () => {
  const sentBy = async (options: string): Promise<string | undefined> => {
    const fake = await FakeKibana.start();
    try {
      const config = parseConfig(
        options.replaceAll('KIBANA', fake.url.slice('http://'.length)),
        'elkhound.yml',
      );
      await new Kibana(kibanaAccess(config)!).send('ask', { method: 'GET', path: '/api/status' });
      return fake.requests[0]!.headers.authorization;
    } finally {
      await fake.stop();
    }
  };
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['nobody', 'kibana: { url: http://KIBANA }', undefined],
    [
      'the key of Elasticsearch',
      'elasticsearch: { url: http://es.example, apiKey: abc }\nkibana: { url: http://KIBANA }',
      'ApiKey abc',
    ],
    [
      'the user of Elasticsearch’s address',
      'elasticsearch: { url: "http://a:b%21@es.example" }\nkibana: { url: http://KIBANA }',
      basic('a:b!'),
    ],
    [
      'a key of its own',
      'elasticsearch: { url: http://es.example, apiKey: abc }\nkibana: { url: http://KIBANA, apiKey: def }',
      'ApiKey def',
    ],
    [
      'a user of its own',
      'elasticsearch: { url: http://es.example, apiKey: abc }\nkibana: { url: http://KIBANA, username: u, password: p }',
      basic('u:p'),
    ],
    [
      'the user of its own address',
      'elasticsearch: { url: http://es.example, apiKey: abc }\nkibana: { url: "http://u:p@KIBANA" }',
      basic('u:p'),
    ],
  ])('%s', async (_who, options, expected) => {
    expect(await sentBy(options)).toBe(expected);
  });

  it('is undefined without an address', () => {
    expect(kibanaAccess(parseConfig('', 'elkhound.yml'))).toBeUndefined();
  });

  it('takes the authority of Elasticsearch unless told another', () => {
    const access = (own: string): string | undefined =>
      kibanaAccess(
        parseConfig(
          `elasticsearch: { caFile: a.pem }\nkibana: { url: https://k.example${own} }`,
          'elkhound.yml',
        ),
      )?.caFile;
    expect(access('')).toBe('a.pem');
    expect(access(', caFile: b.pem')).toBe('b.pem');
  });
});
