/**
 * A real Logstash with the project's own pipelines.yml, on loopback, thrown away when it stops. It is whatever
 * `LOGSTASH_HOME` names; the project has none.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';

const PIPELINES = join(__dirname, '..', '..', '..', 'logstash');
/** Intakes that pipelines.yml has commented out and that need nothing but a port. */
const MORE_INTAKES = ['http', 'netflow', 'file'];
const START_TIMEOUT_MS = 600_000;
const POLL_MS = 1_000;

const PORTS = ['http', 'syslog', 'netflow', 'beats', 'syslogTls', 'beatsTls', 'api'] as const;

/** Where it listens. */
export type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

/** Intakes that need more than a port, by name, and the environment variables that they need. */
export type Intakes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the runs ask of its own statistics. */
interface PipelineStatistics {
  readonly events: { readonly in: number; readonly out: number };
  readonly queue?: { readonly events_count?: number };
}

/** A Logstash that takes events. */
export interface RunningLogstash {
  readonly ports: Ports;
  /** The file intake reads every `*.log` in it. */
  readonly files: string;
  /** Events that pipelines hold: the queues of the distributor and the output. */
  waiting(): Promise<number>;
  /** What it has written besides what it does: warnings, errors, exceptions. */
  complaints(): string;
  stop(): Promise<void>;
}

/** The installation's folder, and its version as it says itself; undefined where `LOGSTASH_HOME` names none. */
export function installation(): { readonly home: string; readonly version: string } | undefined {
  const home = process.env.LOGSTASH_HOME;
  if (home === undefined || !existsSync(join(home, 'bin', 'logstash'))) return undefined;
  const said = execFileSync(join(home, 'bin', 'logstash'), ['--version'], { encoding: 'utf8' });
  return { home, version: /^logstash (\S+)$/m.exec(said)?.[1] ?? said.trim() };
}

/** Whether an installation has a plugin, such as `logstash-integration-kafka`. */
export function hasPlugin(home: string, name: string): boolean {
  const bundle = join(home, 'vendor', 'bundle', 'jruby');
  const gems = readdirSync(bundle).flatMap((ruby) => readdirSync(join(bundle, ruby, 'gems')));
  return gems.some((gem) => gem.startsWith(`${name}-`));
}

/** Starts it and waits until every pipeline runs. */
export async function startLogstash(
  home: string,
  elasticsearchUrl: string,
  intakes: Intakes = {},
): Promise<RunningLogstash> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-logstash-'));
  const files = join(folder, 'files');
  for (const name of ['settings', 'data', 'logs', 'files']) mkdirSync(join(folder, name));
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, free[index]])) as Ports;
  const pipelines = writeSettings(home, folder, ports.api, [...MORE_INTAKES, ...Object.keys(intakes)]);
  const variables = Object.assign({}, ...Object.values(intakes)) as Intakes[string];
  const process = launch(home, folder, {
    ...environment(elasticsearchUrl, ports, folder),
    ...variables,
  });
  const stop = async (): Promise<void> => {
    await end(process);
    rmSync(folder, { recursive: true, force: true });
  };
  const statistics = (): Promise<Record<string, PipelineStatistics>> => statisticsOf(ports.api);
  try {
    await ready(process, statistics, pipelines, join(folder, 'output.txt'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    files,
    waiting: async () => {
      const { distributor, output } = await statistics();
      return (distributor?.queue?.events_count ?? 0) + (output?.queue?.events_count ?? 0);
    },
    complaints: () => complaintsIn(join(folder, 'output.txt')),
    stop,
  };
}

/** The settings of the project, with what a test changes; how many pipelines there are. */
function writeSettings(home: string, folder: string, apiPort: number, intakes: readonly string[]): number {
  const settings = join(folder, 'settings');
  for (const name of ['jvm.options', 'log4j2.properties'])
    cpSync(join(home, 'config', name), join(settings, name));
  const more = new RegExp(`^# (- pipeline\\.id: intake-(?:${intakes.join('|')})\\n)# `, 'gm');
  const pipelines = readFileSync(join(PIPELINES, 'pipelines.yml'), 'utf8').replace(more, '$1');
  writeFileSync(join(settings, 'pipelines.yml'), pipelines);
  const own = parse(readFileSync(join(PIPELINES, 'logstash.yml'), 'utf8')) as Record<string, unknown>;
  const changed = {
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'api.http.port': apiPort,
    allow_superuser: true,
  };
  writeFileSync(join(settings, 'logstash.yml'), stringify({ ...own, ...changed }));
  return (parse(pipelines) as unknown[]).length;
}

function environment(elasticsearchUrl: string, ports: Ports, folder: string): NodeJS.ProcessEnv {
  const { JAVA_HOME: _java, ...inherited } = process.env;
  return {
    ...inherited,
    ELKHOUND_LOGSTASH: PIPELINES,
    ELKHOUND_ELASTICSEARCH_URL: elasticsearchUrl,
    ELKHOUND_QUEUE_BYTES: '512mb',
    ELKHOUND_DEAD_LETTER_BYTES: '64mb',
    ELKHOUND_HTTP_PORT: String(ports.http),
    ELKHOUND_SYSLOG_HOST: '127.0.0.1',
    ELKHOUND_SYSLOG_PORT: String(ports.syslog),
    ELKHOUND_SYSLOG_TLS_PORT: String(ports.syslogTls),
    ELKHOUND_NETFLOW_HOST: '127.0.0.1',
    ELKHOUND_NETFLOW_PORT: String(ports.netflow),
    ELKHOUND_BEATS_HOST: '127.0.0.1',
    ELKHOUND_BEATS_PORT: String(ports.beats),
    ELKHOUND_BEATS_TLS_PORT: String(ports.beatsTls),
    ELKHOUND_FILES: join(folder, 'files', '*.log'),
    ELKHOUND_DEAD_LETTERS: join(folder, 'data', 'dead_letter_queue'),
  };
}

function launch(home: string, folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const output = openSync(join(folder, 'output.txt'), 'a');
  // A group of its own: what the launcher starts ends with it.
  return spawn(join(home, 'bin', 'logstash'), ['--path.settings', join(folder, 'settings')], {
    cwd: folder,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  });
}

async function ready(
  child: ChildProcess,
  statistics: () => Promise<Record<string, PipelineStatistics>>,
  pipelines: number,
  log: string,
): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_MS) {
    const words = readFileSync(log, 'utf8');
    if (child.exitCode !== null) throw new Error(`Logstash ended:\n${words.slice(-4000)}`);
    if (words.includes('Failed to execute action'))
      throw new Error(`a pipeline does not start:\n${complaintsIn(log).slice(-4_000)}`);
    const started = words.match(/\]\[[\w-]+\] Pipeline started /g)?.length ?? 0;
    if (started >= pipelines && Object.keys(await statistics()).length >= pipelines) return;
    await delay(POLL_MS);
  }
  throw new Error(`Logstash did not start in time:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

function complaintsIn(log: string): string {
  return readFileSync(log, 'utf8').replace(/^.*\[INFO \].*\n/gm, '');
}

async function statisticsOf(port: number): Promise<Record<string, PipelineStatistics>> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}/_node/stats/pipelines`);
    return ((await response.json()) as { pipelines?: Record<string, PipelineStatistics> }).pipelines ?? {};
  } catch {
    return {};
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid!, 'SIGKILL');
  await exited;
}

/** Ports on loopback that nobody listens at, at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
