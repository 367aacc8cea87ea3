import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import request from 'supertest';
import { ANOMALIES } from './fixtures.js';
import { dependenciesOn, filledStore, serve, type RunningService, type TestStore } from './service.js';

interface Description {
  readonly openapi: string;
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>
  >;
  readonly components: { readonly schemas: Record<string, object> };
}

let store: TestStore;
let service: RunningService;
let description: Description;
let ajv: Ajv2020;

beforeAll(async () => {
  store = await filledStore();
  service = await serve(dependenciesOn(store));
  description = (await request(service.address).get('/openapi.json').expect(200)).body as Description;
  ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false });
  ajv.addKeyword('components');
  ajv.addSchema({ $id: 'openapi', components: description.components });
});

afterAll(async () => {
  await service.close();
  await store.destroy();
});

/** The one operation of a path. */
function operationAt(path: string) {
  const [operation] = Object.values(description.paths[path]!);
  return operation!;
}

function validatorOf(path: string, status: string): ValidateFunction {
  const content = operationAt(path).responses[status]!.content;
  const { schema } = Object.values(content)[0]!;
  return ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as object,
  );
}

const anomaly = ANOMALIES[0]!;
const ANSWERS: readonly [path: string, address: string][] = [
  ['/healthz', '/healthz'],
  ['/readyz', '/readyz'],
  ['/openapi.json', '/openapi.json'],
  ['/v1/anomalies', '/v1/anomalies?limit=500'],
  ['/v1/anomalies/{id}', `/v1/anomalies/${anomaly.id}`],
  ['/v1/episodes', '/v1/episodes'],
  ['/v1/windows', '/v1/windows?limit=400'],
  ['/v1/entities/{id}', '/v1/entities/10.0.3.41?kind=host'],
  ['/v1/entities/{id}', '/v1/entities/nobody'],
  ['/v1/actions', '/v1/actions'],
];

describe('OpenAPI', () => {
  it('describes version 3.1 and every schema compiles in strict mode', () => {
    expect(description.openapi).toMatch(/^3\.1\./);
    for (const path of Object.keys(description.paths)) {
      for (const status of Object.keys(operationAt(path).responses)) {
        expect(validatorOf(path, status)).toBeInstanceOf(Function);
      }
    }
  });

  it.each(ANSWERS)('holds for %s at %s', async (path, address) => {
    const { body, status } = await request(service.address).get(address);
    const validate = validatorOf(path, '200');
    expect({ status, valid: validate(body), errors: validate.errors }).toEqual({
      status: 200,
      valid: true,
      errors: null,
    });
  });

  it('leaves nothing undescribed: an unknown field would not validate', async () => {
    const { body } = await request(service.address).get(`/v1/anomalies/${anomaly.id}`);
    expect(validatorOf('/v1/anomalies/{id}', '200')({ ...(body as object), surprise: 1 })).toBe(false);
  });

  it.each([
    ['/v1/anomalies?severity=huge', 400],
    ['/v1/anomalies/none', 404],
    ['/v1/nothing', 404],
  ])('describes the problem of %s', async (address, status) => {
    const answer = await request(service.address).get(address).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(validatorOf('/v1/anomalies', 'default')(answer.body)).toBe(true);
  });

  it('serves metrics as Prometheus reads them', async () => {
    const answer = await request(service.address).get('/metrics').expect(200);
    expect(answer.headers['content-type']).toContain('text/plain');
  });
});
