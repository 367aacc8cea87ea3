/**
 * What a service finds on a real Elasticsearch, part of whose documents come after their windows were read.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startElasticsearch } from '../../test/elastic/server.js';
import type { Checkout } from './checkout.js';
import type { Findings } from './lines.js';

const SIMULATION = '--seed 102 --days 4 --calm 2 --hosts 40 --start 2026-01-05T00:00:00Z -f ecs'.split(' ');
/** The service runs over the days once, then again after the late documents have come. */
const END = '2026-01-09T00:00:00Z';
const STREAM = 'logs-golden-default';
/** Every so-many-th document is late. */
const LATE_OF = 17;
const LISTS = ['anomalies', 'alerts', 'windows'];
const BULK = 5000;

export async function* clusterFindings(checkout: Checkout): AsyncGenerator<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-golden-'));
  const server = await startElasticsearch({ version: '8.19.9', heapMb: 1024 });
  try {
    const { url } = server;
    const config = `elasticsearch: { url: '${url}' }\nschedule: { lateness: 3650d, settle: 0s }\n`;
    writeFileSync(join(folder, 'elkhound.yml'), config);
    await checkout.succeed(['setup'], {}, folder);
    await checkout.succeed(['simulate', '-o', 'logs.ndjson', ...SIMULATION], {}, folder);
    const lines = readFileSync(join(folder, 'logs.ndjson'), 'utf8').trimEnd().split('\n');
    const isLate = (i: number): boolean => i % LATE_OF === 0;
    for (const late of [false, true]) {
      await index(
        url,
        lines.flatMap((line, i) => (isLate(i) === late ? [{ id: String(i), line }] : [])),
      );
      await checkout.succeed(['start', '--port', '0', '--until', END], {}, folder);
    }
    await ask(url, 'POST', 'elkhound-*/_refresh');
    for (const list of LISTS) {
      yield { name: `cluster ${list}`, documents: await documentsOf(url, `elkhound-${list}-*`) };
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function index(url: string, documents: readonly { id: string; line: string }[]): Promise<void> {
  for (let at = 0; at < documents.length; at += BULK) {
    const body = documents
      .slice(at, at + BULK)
      .map(({ id, line }) => `{"create":{"_id":"${id}"}}\n${line}\n`)
      .join('');
    const { errors } = await ask<{ errors: boolean }>(url, 'POST', `${STREAM}/_bulk`, body);
    if (errors) throw new Error('the logs could not be written');
  }
  await ask(url, 'POST', `${STREAM}/_refresh`);
}

async function documentsOf(url: string, pattern: string): Promise<unknown[]> {
  interface Answer {
    readonly hits: { readonly hits: readonly { _id: string; _source: object; sort: unknown[] }[] };
  }
  const found: unknown[] = [];
  for (let after: unknown[] | undefined; ;) {
    const query = {
      size: BULK,
      sort: [{ 'event.start': 'asc' }, '_doc'],
      ...(after && { search_after: after }),
    };
    const { hits } = await ask<Answer>(url, 'POST', `${pattern}/_search`, JSON.stringify(query));
    found.push(...hits.hits.map(({ _id, _source }) => ({ _id, ..._source })));
    if (hits.hits.length < BULK) return found;
    after = hits.hits.at(-1)!.sort;
  }
}

async function ask<T>(url: string, method: string, path: string, body?: string): Promise<T> {
  const response = await fetch(`${url}/${path}`, {
    method,
    headers: { 'content-type': 'application/x-ndjson' },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}
