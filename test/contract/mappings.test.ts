import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { ACTIONS, actionSchema } from '../../src/documents/actions.js';
import { ALERTS, toAlertDocument } from '../../src/documents/alerts.js';
import { ANOMALIES, toAnomalyDocument } from '../../src/documents/anomalies.js';
import { DEAD_LETTERS, toDeadLetterDocument } from '../../src/documents/deadletter.js';
import { mappingFiles } from '../../src/documents/generate.js';
import {
  ECS_VERSION,
  indexEndMs,
  indexName,
  MODULE,
  templateOf,
  type IndexDefinition,
} from '../../src/documents/index-definition.js';
import { INDICES } from '../../src/documents/indices.js';
import { mappingOf, type FieldMapping, type ObjectMapping } from '../../src/documents/mapping.js';
import { MODELS, toModelDocument } from '../../src/documents/models.js';
import { NOTIFICATIONS, toNotificationDocument } from '../../src/documents/notifications.js';
import { STATE, toStateDocument } from '../../src/documents/state.js';
import { VERDICTS, verdictSchema } from '../../src/documents/verdicts.js';
import { toWindowDocument, WINDOWS } from '../../src/documents/windows.js';
import { readDocument } from '../../src/documents/read-document.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import {
  anomaliesOf,
  changesOf,
  notificationRecordsOf,
  snapshotsOf,
  windowRecordsOf,
} from './arbitraries.js';

const ABOUT = {
  job: 'job',
  site: 'default',
  entity: { kind: 'host', id: '192.0.2.51' },
  behavior: 'password_guessing',
};
const LETTER = { index: 'elkhound-state', id: 'key', type: 'document_parsing_exception', reason: 'no ip' };
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
  of(
    WINDOWS,
    sample(windowRecordsOf('job')).map((record) => toWindowDocument(record, 1)),
  ),
  of(STATE, [toStateDocument('key', 1, '{"a":{"b":1}}', 1)]),
  of(MODELS, sample(snapshotsOf('job')).map(toModelDocument)),
  of(NOTIFICATIONS, sample(notificationRecordsOf('job')).map(toNotificationDocument)),
  of(DEAD_LETTERS, [toDeadLetterDocument({ ...LETTER, document: { a: [{ b: 1 }] } }, 1)]),
  of(VERDICTS, [readDocument(verdictSchema, verdict(), VERDICTS.name)]),
  of(ACTIONS, [readDocument(actionSchema, action(), ACTIONS.name)]),
];

/** What later stages will write; as of now the schemas alone say how. */
function verdict(): object {
  return {
    ...documentOf('elkhound.verdict'),
    message: 'The backup moved to another night.',
    user: { name: 'alice' },
    elkhound: { ...ABOUT, episode: { id: 'e', anomaly: 'a' }, verdict: 'benign' },
  };
}

function action(): object {
  const { event, ...document } = documentOf('elkhound.action');
  const indicator = { type: 'ipv4-addr', value: '192.0.2.51', expires: '2026-11-25T02:00:00.000Z' };
  return {
    ...document,
    event: { ...event, action: 'block_address', outcome: 'success' },
    message: 'Blocked 192.0.2.51 for a day.',
    user: { name: 'alice' },
    elkhound: {
      ...ABOUT,
      episode: { id: 'e' },
      playbook: 'contain',
      action: { state: 'done', at: '2026-11-24T02:00:05.000Z', indicator },
    },
  };
}

function documentOf(dataset: string) {
  const event = { kind: 'event', module: MODULE, dataset, id: 'd' };
  return { '@timestamp': '2026-11-24T02:00:00.000Z', ecs: { version: ECS_VERSION }, event };
}

function of(definition: IndexDefinition, documents: object[]): [string, IndexDefinition, object[]] {
  return [definition.name, definition, documents];
}

function sample<T>(arbitrary: fc.Arbitrary<T>): T[] {
  return fc.sample(arbitrary, { numRuns: 200, seed: 3 });
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
