/**
 * `npm run elastic`: a real Elasticsearch, set up and filled with simulated logs, for a person to play
 * with. Ends with Ctrl-C, and its data with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ElasticsearchVersion } from './distribution.js';
import { startElasticsearch, type RunningServer } from './server.js';

const ELKHOUND = join(__dirname, '..', '..', 'bin', 'elkhound.js');
const VERSIONS: readonly ElasticsearchVersion[] = ['8.19.9', '9.1.5'];
const HELP = `npm run elastic -- [--version ${VERSIONS.join('|')}] [--nodes N] [--days N] [--hosts N] [--seed N]
`;
const HEAP_MB = 1024;
/** Two quiet days are enough to learn from; then come the attacks. */
const CALM_DAYS = 2;

interface Choice {
  readonly version: ElasticsearchVersion;
  readonly nodes: number;
  /** Of `elkhound simulate`. */
  readonly simulate: readonly string[];
}

function choiceOf(args: readonly string[]): Choice {
  const { values } = parseArgs({
    args: [...args],
    options: {
      version: { type: 'string', default: VERSIONS[0]! },
      nodes: { type: 'string', default: '1' },
      days: { type: 'string', default: '3' },
      hosts: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
    },
  });
  const version = VERSIONS.find((known) => known === values.version);
  if (version === undefined) throw new TypeError(`--version: "${values.version}" is not one of them`);
  const nodes = Number(values.nodes);
  if (!Number.isInteger(nodes) || nodes < 1)
    throw new TypeError(`--nodes: "${values.nodes}" is no number of nodes`);
  const { days, hosts, seed } = values;
  const calm = String(Math.min(CALM_DAYS, Number(days) / 2));
  return { version, nodes, simulate: ['--days', days, '--hosts', hosts, '--seed', seed, '--calm', calm] };
}

/** Runs `elkhound` on the server; its output is shown. */
async function elkhound(server: RunningServer, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, ELKHOUND_ELASTICSEARCH_URL: server.url };
  const child = spawn(process.execPath, [ELKHOUND, ...args], { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`elkhound ${args[0]!} did not succeed`);
}

function whatToTry({ url }: RunningServer, version: string): string {
  return `
Elasticsearch ${version} answers at ${url}. In another terminal:

  export ELKHOUND_ELASTICSEARCH_URL=${url}
  npx elkhound start
  curl "$ELKHOUND_ELASTICSEARCH_URL/_cat/indices?v"
  curl "$ELKHOUND_ELASTICSEARCH_URL/logs-elkhound.alert-default/_search?pretty&size=3"

Ctrl-C ends it and throws its data away.
`;
}

/** Starts the server, fills it, and waits for the end. */
async function play({ version, nodes, simulate }: Choice): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort();
    });
  process.stdout.write(`Starting Elasticsearch ${version} …\n`);
  const server = await startElasticsearch({ version, nodes, heapMb: HEAP_MB });
  try {
    await elkhound(server, 'setup');
    await elkhound(server, 'simulate', '--to', 'elasticsearch', ...simulate);
    process.stdout.write(whatToTry(server, version));
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } catch (error) {
    // Ctrl-C reaches the commands too.
    if (!stop.signal.aborted) throw error;
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  let choice: Choice;
  try {
    choice = choiceOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  await play(choice);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
