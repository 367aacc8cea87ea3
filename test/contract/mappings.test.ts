import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { ALERTS, toAlertDocument } from '../../src/documents/alerts.js';
import { ANOMALIES, toAnomalyDocument } from '../../src/documents/anomalies.js';
import { mappingFiles } from '../../src/documents/generate.js';
import {
  indexEndMs,
  indexName,
  templateOf,
  type IndexDefinition,
} from '../../src/documents/index-definition.js';
import { INDICES } from '../../src/documents/indices.js';
import { mappingOf, type FieldMapping, type ObjectMapping } from '../../src/documents/mapping.js';
import { MODELS, toModelDocument } from '../../src/documents/models.js';
import { NOTIFICATIONS, toNotificationDocument } from '../../src/documents/notifications.js';
import { STATE, toStateDocument } from '../../src/documents/state.js';
import { toWindowDocument, WINDOWS } from '../../src/documents/windows.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import {
  anomaliesOf,
  changesOf,
  notificationRecordsOf,
  snapshotsOf,
  windowRecordsOf,
} from './arbitraries.js';

const FOLDER = join(__dirname, '..', '..', 'mappings');

/** Generated documents of each index. */
const DOCUMENTS = [
  of(
    ANOMALIES,
    sample(anomaliesOf('job')).map((anomaly) => toAnomalyDocument({ ...anomaly, previousScore: 0.5 })),
  ),
  of(
    ALERTS,
    sample(changesOf('job')).map((change) => toAlertDocument(change, 1)),
  ),
  of(WINDOWS, sample(windowRecordsOf('job')).map(toWindowDocument)),
  of(STATE, [toStateDocument('key', 1, '{"a":{"b":1}}')]),
  of(MODELS, sample(snapshotsOf('job')).map(toModelDocument)),
  of(NOTIFICATIONS, sample(notificationRecordsOf('job')).map(toNotificationDocument)),
];

function of(definition: IndexDefinition, documents: object[]): [string, IndexDefinition, object[]] {
  return [definition.name, definition, documents];
}

function sample<T>(arbitrary: fc.Arbitrary<T>): T[] {
  return fc.sample(arbitrary, { numRuns: 40, seed: 3 });
}

describe('mappings', () => {
  it('lie in the folder "mappings" as "npm run generate" writes them', () => {
    const files = mappingFiles();
    const present = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.json'),
    );
    expect(present.sort()).toEqual([...files.keys()].sort());
    for (const [path, content] of files) expect(readFileSync(join(FOLDER, path), 'utf8')).toBe(content);
  });

  it.each(DOCUMENTS)('map no field of %s that no document has', (_name, definition, documents) => {
    const written = new Set(documents.flatMap((document) => [...pathsOf(document)]));
    for (const field of Object.keys(definition.fields))
      expect([field, written.has(field)]).toEqual([field, true]);
  });

  it('use only what every build of Elasticsearch has in the basic templates', () => {
    const basic = JSON.stringify(INDICES.map((definition) => templateOf(definition, 'basic')));
    expect(basic).not.toMatch(/lifecycle|constant_keyword|wildcard|match_only_text|scaled_float/);
    const full = templateOf(ALERTS, 'full').template;
    expect(full.settings).toMatchObject({ 'index.lifecycle.name': 'elkhound' });
    expect(full.mappings.properties.event).toMatchObject({
      properties: { kind: { type: 'constant_keyword', value: 'alert' } },
    });
  });

  it('refuse a field that is both a value and an object', () => {
    const fields = { a: { type: 'keyword' }, 'a.b': { type: 'keyword' } };
    expect(() => mappingOf(fields, 1, 'basic')).toThrow('declared both');
  });

  it('put documents into the index of their month, and know when it ends', () => {
    expect(indexName(ANOMALIES, Date.UTC(2026, 11, 31, 23, 59))).toBe('elkhound-anomalies-2026.12');
    expect(indexEndMs('elkhound-anomalies-2026.12')).toBe(Date.UTC(2027, 0));
    expect(indexName(STATE, 0)).toBe('elkhound-state');
    expect(indexEndMs('elkhound-state')).toBeUndefined();
  });
});

describeElasticsearch('mappings in Elasticsearch', (server) => {
  it.each(DOCUMENTS)('take every document of %s', async (name, definition, documents) => {
    const client = new Client({ node: server().url });
    const index = `mapping-test-${String(process.pid)}-${name}`;
    const { mappings } = templateOf(definition, 'basic').template;
    const body = { mappings };
    await client.transport.request({ method: 'PUT', path: `/${index}`, body });
    const operations = documents.flatMap((document) => [{ index: { _index: index } }, document]);
    const answer = await client.bulk({ operations, refresh: true });
    expect(answer.items.filter((item) => item.index?.error !== undefined)).toEqual([]);
    expect(await mappedTypes(client, index)).toEqual(declaredTypes(mappings));
    await client.indices.delete({ index });
    await client.close();
  });
});

/** Types as the server knows them after the documents: nothing was added. */
async function mappedTypes(client: Client, index: string): Promise<Map<string, string>> {
  const answer = await client.indices.getMapping({ index });
  return declaredTypes(answer[index]?.mappings as ObjectMapping);
}

function declaredTypes(mapping: ObjectMapping | FieldMapping, path = ''): Map<string, string> {
  if (!('properties' in mapping)) return new Map([[path, mapping.type]]);
  const parts = Object.entries(mapping.properties).map(([name, field]) =>
    declaredTypes(field, path === '' ? name : `${path}.${name}`),
  );
  return new Map(parts.flatMap((part) => [...part]));
}

/** Dotted names of everything in a document; lists count as what they hold. */
function* pathsOf(value: unknown, path = ''): Generator<string> {
  if (Array.isArray(value)) {
    if (value.length === 0) yield path;
    for (const item of value) yield* pathsOf(item, path);
  } else if (typeof value === 'object' && value !== null) {
    yield path;
    for (const [name, inner] of Object.entries(value))
      yield* pathsOf(inner, path === '' ? name : `${path}.${name}`);
  } else {
    yield path;
  }
}
