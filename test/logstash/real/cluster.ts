/**
 * A real Elasticsearch as Logstash wants it: the test distribution lacks `GET /` and the license, and Elastic's own
 * template for logs, so both are made up for before it.
 */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startElasticsearch } from '../../elastic/server.js';

const VERSION = '8.19.9';
const TAGLINE = 'You Know, for Search';
/** What the small distribution does not answer itself. */
const ANSWERS: Readonly<Record<string, object>> = {
  '/': {
    name: 'elkhound-test',
    cluster_name: 'elkhound-test',
    version: { number: VERSION, build_flavor: 'default', lucene_version: '9.12.2' },
    tagline: TAGLINE,
  },
  '/_license': { license: { status: 'active', type: 'basic' } },
};

/** Types by name as Elastic's template for `logs-*-*` has them, as far as this distribution knows them; else keyword. */
const TYPES: readonly (readonly [type: string, patterns: readonly string[]])[] = [
  ['ip', ['ip', '*.ip', '*_ip']],
  ['text', ['message', '*.message']],
  [
    'date',
    [
      '*.timestamp',
      '*_timestamp',
      '*.not_after',
      '*.not_before',
      '*.accessed',
      'created',
      '*.created',
    ].concat([
      '*.installed',
      '*.creation_date',
      '*.ctime',
      '*.mtime',
      'ingested',
      '*.ingested',
      '*.start',
      '*.end',
    ]),
  ],
  ['float', ['*.score.*', '*_score*']],
  ['geo_point', ['location', '*.location']],
  ['flattened', ['*structured_data', '*exports', '*imports']],
];
const TEMPLATE = {
  index_patterns: ['logs-*-*'],
  priority: 100,
  data_stream: {},
  template: {
    settings: {
      'index.mapping.ignore_malformed': true,
      'index.mapping.total_fields.ignore_dynamic_beyond_limit': true,
      number_of_replicas: 0,
    },
    mappings: {
      date_detection: false,
      dynamic_templates: [
        ...TYPES.map(([type, patterns]) => ({
          [type]: {
            path_match: patterns,
            ...(type === 'ip' ? { match_mapping_type: 'string' } : {}),
            mapping: { type },
          },
        })),
        { strings: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
      ],
      properties: { '@timestamp': { type: 'date' } },
    },
  },
};
const PAGE = 1_000;

/** A document, and the data stream or index that it lies in. */
export interface Found {
  readonly index: string;
  readonly event: Record<string, unknown>;
}

/** Elasticsearch behind what it lacks. */
export interface LogCluster {
  /** For Logstash: with what the distribution lacks. */
  readonly url: string;
  /** For all others: the distribution as it is. */
  readonly directUrl: string;
  /** Documents of all logs and failures, whoever sent them. */
  count(): Promise<number>;
  /** All of them. */
  documents(): Promise<Found[]>;
  stop(): Promise<void>;
}

/** Starts both. */
export async function startCluster(): Promise<LogCluster> {
  const server = await startElasticsearch({ version: VERSION, heapMb: 1024 });
  const proxy = createServer((request, response) => {
    pass(server.url, request, response);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
  await ask(url, 'PUT', '/_index_template/logs', TEMPLATE);
  return {
    url,
    directUrl: server.url,
    count: async () => {
      await ask(url, 'POST', '/logs-*,elkhound-failures-*/_refresh');
      return ((await ask(url, 'GET', '/logs-*,elkhound-failures-*/_count')) as { count: number }).count;
    },
    documents: () => allOf(url),
    stop: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await server.stop();
    },
  };
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0] ?? '/';
  const answer = ANSWERS[path];
  const product = { 'x-elastic-product': 'Elasticsearch' };
  if (answer !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json', ...product });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(answer));
    return;
  }
  const to = new URL(request.url ?? '/', target);
  const onward = send(to, { method: request.method, headers: request.headers }, (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, { ...incoming.headers, ...product });
    incoming.pipe(response);
  });
  onward.on('error', () => request.socket.destroy());
  request.pipe(onward);
}

async function ask(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
}

interface Page {
  readonly _scroll_id: string;
  readonly hits: { readonly hits: { readonly _index: string; readonly _source: Record<string, unknown> }[] };
}

async function allOf(url: string): Promise<Found[]> {
  const found: Found[] = [];
  let page = (await ask(url, 'POST', '/logs-*,elkhound-failures-*/_search?scroll=1m', {
    size: PAGE,
  })) as Page;
  while (page.hits.hits.length > 0) {
    for (const { _index, _source } of page.hits.hits) found.push({ index: nameOf(_index), event: _source });
    page = (await ask(url, 'POST', '/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })) as Page;
  }
  return found;
}

/** Of a backing index its data stream; of a month's failures what all months have in common. */
function nameOf(index: string): string {
  return index
    .replace(/^\.ds-(.*)-\d{4}\.\d\d\.\d\d-\d{6}$/, '$1')
    .replace(/^elkhound-failures-.*$/, 'elkhound-failures');
}
