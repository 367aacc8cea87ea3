/**
 * `npm run kibana:preview`: the dashboards as pages, drawn from the same saved objects that Kibana
 * imports, and from what a real Elasticsearch answers to each of their panels.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { allSavedObjects } from '../../src/kibana/objects.js';
import type { DashboardObject, SavedObject } from '../../src/kibana/saved-object.js';
import { startElasticsearch } from '../../test/elastic/server.js';
import { installation } from '../../test/logstash/real/installation.js';
import { fill, LITTLE, MUCH } from '../../test/kibana/fill/fill.js';
import { withLogstash } from '../../test/kibana/fill/logstash.js';
import { throughScripts } from '../../test/kibana/fill/scripts.js';
import {
  dashboardsOf,
  fillControls,
  fillPanels,
  isFilled,
  type PanelResult,
  type Source,
} from '../../test/kibana/query/panels.js';
import type { TimeRange } from '../../test/kibana/query/scope.js';
import { searchOn } from '../../test/kibana/query/search.js';
import { worstOf } from '../../test/kibana/query/worst.js';
import { previewPage } from './page.js';

const HELP = `npm run kibana:preview -- [--out FOLDER] [--days N] [--pipelines] [--json]

Runs each panel of the dashboards and draws them as pages. Elasticsearch is the one that
ELKHOUND_ELASTICSEARCH_URL names, of which it only reads; without that one is started, and filled
with simulated logs. The exit code is 1 where a panel is empty.

  --out FOLDER  where the pages go (default: a new folder for temporary files)
  --days N      with ELKHOUND_ELASTICSEARCH_URL: how much time up to now they show (default: 1)
  --pipelines   send the simulated logs, as sensors write them, through the Logstash pipelines: in the
                Logstash that LOGSTASH_HOME names, else their Ruby scripts alone, which takes a Ruby;
                takes minutes more
  --json        print what each panel shows as JSON
`;
const DAY_MS = 86_400_000;
const FIVE_MINUTES_MS = 300_000;
const HEAP_MB = 1024;
/** What is chosen in the controls of the dashboard that asks for a choice. */
const CHOICE = { dashboard: 'elkhound-entity', field: 'source.ip' } as const;

interface Options {
  readonly out: string | undefined;
  readonly days: number;
  readonly pipelines: boolean;
  readonly json: boolean;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      days: { type: 'string', default: '1' },
      pipelines: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const days = Number(values.days);
  if (!(days > 0)) throw new TypeError(`--days: "${values.days}" is no number of days`);
  return { ...values, out: values.out, days };
}

/** A cluster to look at. */
interface Looked {
  readonly url: string;
  readonly range: TimeRange;
}

/** Hands over the cluster that was named, or one that is started for it and stopped after. */
async function withCluster<T>(
  { days, pipelines }: Options,
  look: (cluster: Looked) => Promise<T>,
): Promise<T> {
  const named = process.env.ELKHOUND_ELASTICSEARCH_URL;
  const now = Date.now();
  if (named !== undefined) return look({ url: named, range: { from: now - days * DAY_MS, to: now } });
  const end = Math.floor(now / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  process.stderr.write('Filling Elasticsearch with simulated logs takes a few minutes …\n');
  const logstash = pipelines ? installation() : undefined;
  if (logstash !== undefined) {
    return withLogstash(logstash.home, async (url, intake) => {
      process.stderr.write(`Logstash ${logstash.version} runs\n`);
      return look({ url, range: await fill(url, LITTLE, end, intake) });
    });
  }
  const server = await startElasticsearch({ heapMb: HEAP_MB });
  try {
    const { url } = server;
    const range = pipelines
      ? await fill(url, LITTLE, end, await throughScripts(url))
      : await fill(url, MUCH, end);
    return await look({ url, range });
  } finally {
    await server.stop();
  }
}

/** Draws a dashboard. */
async function draw(
  source: Omit<Source, 'chosen'>,
  dashboard: DashboardObject,
  folder: string,
): Promise<PanelResult[]> {
  const worst = dashboard.id === CHOICE.dashboard ? await worstOf(source.search, CHOICE.field) : undefined;
  const chosen = worst === undefined ? {} : { [CHOICE.field]: worst };
  const queries = Object.entries(chosen).map(([field, value]) => ({ term: { [field]: value } }));
  const panels = await fillPanels({ ...source, chosen: queries }, dashboard);
  const controls = await fillControls(source, dashboard);
  const page = previewPage({ ...source, dashboard, panels, controls, chosen });
  writeFileSync(join(folder, `${dashboard.id}.html`), page);
  return panels;
}

async function preview(options: Options): Promise<void> {
  const objects: readonly SavedObject[] = allSavedObjects();
  const folder = resolve(options.out ?? mkdtempSync(join(tmpdir(), 'elkhound-preview-')));
  mkdirSync(folder, { recursive: true });
  const results = await withCluster(options, async ({ url, range }) => {
    const all: PanelResult[] = [];
    for (const dashboard of dashboardsOf(objects)) {
      all.push(...(await draw({ search: searchOn(url), objects, range }, dashboard, folder)));
    }
    return all;
  });
  report(results, folder, options.json);
}

function report(results: readonly PanelResult[], folder: string, json: boolean): void {
  const told = results.map((result) => ({
    dashboard: result.dashboard.attributes.title,
    panel: result.panel.title,
    filled: isFilled(result),
    tables: result.tables,
  }));
  const empty = told.filter(({ filled }) => !filled);
  if (empty.length > 0) process.exitCode = 1;
  if (json) {
    process.stdout.write(`${JSON.stringify({ folder, panels: told })}\n`);
    return;
  }
  for (const { dashboard, panel } of empty) process.stdout.write(`empty: ${dashboard}: ${panel}\n`);
  const count = `${String(told.length - empty.length)} of ${String(told.length)} panels have something to show`;
  process.stdout.write(`${count}\n${join(folder, 'elkhound-overview.html')}\n`);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  let options: Options;
  try {
    options = optionsOf(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  await preview(options);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
