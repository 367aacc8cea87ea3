/**
 * A real Elasticsearch on loopback, thrown away when it stops.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
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
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { distributionOf, javaHomeFor, type ElasticsearchVersion } from './distribution.js';

/** A user of a server with security on. */
export interface TestUser {
  readonly name: string;
  /** At least six characters. */
  readonly password: string;
  /** Built-in roles, or some of {@link ServerOptions.roles}. */
  readonly roles: readonly string[];
}

/** Which server to start. */
export interface ServerOptions {
  /** (Default: 8.19.9) */
  readonly version?: ElasticsearchVersion;
  /** (Default: 1) */
  readonly nodes?: number;
  /** Heap of each node. (Default: 512) */
  readonly heapMb?: number;
  /** Turns security on, with these users. (Default: security off) */
  readonly users?: readonly TestUser[];
  /** Text of `roles.yml`. */
  readonly roles?: string;
  /** Speaks HTTPS with the certificate of a PKCS#12 file, security being on. (Default: HTTP) */
  readonly tls?: { readonly keystore: string; readonly password: string };
}

/** A server that answers. */
export interface RunningServer {
  /** Address of the first node. */
  readonly url: string;
  readonly urls: readonly string[];
  /** Ends a node as a power cut does. */
  kill(node: number): Promise<void>;
  /** Starts a node that was killed, with its data and at its address. */
  restart(node: number): Promise<void>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const POLL_MS = 100;
const KEYSTORE = 'http.p12';

/** Kills the launcher, and with it the server, as soon as whoever started it has gone. */
const RUN_WATCHED = 'exec 3<&0; (read -r end <&3; kill -KILL $$) 2>/dev/null & exec "$@" 3<&- </dev/null';

/** Starts a server and waits until it answers. */
export async function startElasticsearch(options: ServerOptions = {}): Promise<RunningServer> {
  const version = options.version ?? '8.19.9';
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-elasticsearch-'));
  const owner = ownerOf();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o755);
  const nodes: Node[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let number = 0; number < (options.nodes ?? 1); number++) {
      const node = new Node(
        join(folder, `node-${String(number)}`),
        version,
        options,
        owner,
        nodes[0]?.transport(),
      );
      nodes.push(node);
      await node.ready();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const urls = nodes.map((node) => node.url());
  return {
    url: urls[0]!,
    urls,
    kill: (node) => nodes[node]!.kill(),
    restart: (node) => nodes[node]!.restart(),
    stop,
  };
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Elasticsearch refuses to run as root. */
function ownerOf(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

class Node {
  private process: ChildProcess;
  private readonly start: () => ChildProcess;
  private readonly logs: string;
  private readonly pidFile: string;
  private readonly scheme: 'http' | 'https';

  constructor(
    folder: string,
    version: ElasticsearchVersion,
    options: ServerOptions,
    owner?: Owner,
    seed?: string,
  ) {
    const home = distributionOf(version);
    const config = join(folder, 'config');
    this.logs = join(folder, 'logs');
    this.pidFile = join(folder, 'pid');
    for (const name of ['data', 'logs']) mkdirSync(join(folder, name), { recursive: true });
    cpSync(join(home, 'config'), config, { recursive: true });
    writeFileSync(join(config, 'elasticsearch.yml'), settingsOf(folder, options, seed));
    if (options.roles !== undefined) writeFileSync(join(config, 'roles.yml'), options.roles);
    if (options.tls !== undefined) cpSync(options.tls.keystore, join(config, KEYSTORE));
    this.scheme = options.tls === undefined ? 'http' : 'https';
    if (owner !== undefined) chownAll(folder, owner);
    const heap = `${String(options.heapMb ?? 512)}m`;
    const env = {
      PATH: process.env.PATH,
      ES_JAVA_HOME: javaHomeFor(version),
      ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap} -XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1`,
      ES_PATH_CONF: config,
    };
    const firstOf = new Map<string, string>();
    for (const { name, password, roles } of options.users ?? []) {
      const first = firstOf.get(password);
      if (first !== undefined) addAlike(config, first, name, roles);
      else {
        const add = ['useradd', name, '-p', password, '-r', roles.join(',')];
        execFileSync(join(home, 'bin', 'elasticsearch-users'), add, { env, ...owner, stdio: 'pipe' });
        firstOf.set(password, name);
      }
    }
    const output = openSync(join(folder, 'output.txt'), 'a');
    const command = [join(home, 'bin', 'elasticsearch'), '-p', this.pidFile];
    this.start = () =>
      spawn('sh', ['-c', RUN_WATCHED, 'sh', ...command], {
        env,
        ...owner,
        cwd: folder,
        stdio: ['pipe', output, output],
      });
    this.process = this.start();
  }

  /** Starts again with its data, listening where it listened before. */
  async restart(): Promise<void> {
    const settings = join(this.logs, '..', 'config', 'elasticsearch.yml');
    const port = (url: string): string => url.slice(url.lastIndexOf(':') + 1);
    const text = readFileSync(settings, 'utf8')
      .replace(/^http\.port: .*$/m, `http.port: ${port(this.url())}`)
      .replace(/^transport\.port: .*$/m, `transport.port: ${port(this.transport())}`);
    writeFileSync(settings, text);
    this.process = this.start();
    await this.ready();
  }

  /** Address for clients. */
  url(): string {
    return `${this.scheme}://${this.boundTo('http')}`;
  }

  /** Address for other nodes. */
  transport(): string {
    return this.boundTo('transport');
  }

  async ready(): Promise<void> {
    for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_MS) {
      if (this.hasEnded()) throw new Error(`Elasticsearch did not start:\n${this.lastWords()}`);
      if (existsSync(join(this.logs, 'http.ports')) && (await answers(this.url()))) return;
      await delay(POLL_MS);
    }
    throw new Error(`Elasticsearch did not answer in time:\n${this.lastWords()}`);
  }

  async kill(): Promise<void> {
    const exited = this.hasEnded() ? undefined : once(this.process, 'exit');
    if (existsSync(this.pidFile)) endProcess(Number(readFileSync(this.pidFile, 'utf8')));
    this.process.stdin?.destroy();
    this.process.kill('SIGKILL');
    await exited;
  }

  private hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Elasticsearch writes where it listens, so that nobody has to guess a free port. */
  private boundTo(kind: 'http' | 'transport'): string {
    return readFileSync(join(this.logs, `${kind}.ports`), 'utf8').split('\n')[0] ?? '';
  }

  private lastWords(): string {
    const log = join(this.logs, '..', 'output.txt');
    return existsSync(log) ? readFileSync(log, 'utf8').slice(-4000) : '';
  }
}

function settingsOf(folder: string, options: ServerOptions, seed: string | undefined): string {
  const several = (options.nodes ?? 1) > 1;
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const discovery = !several
    ? { 'discovery.type': 'single-node' }
    : seed === undefined
      ? { 'discovery.seed_hosts': [], 'cluster.initial_master_nodes': [name] }
      : { 'discovery.seed_hosts': [seed] };
  const settings = {
    'cluster.name': 'elkhound-test',
    'node.name': name,
    'node.portsfile': true,
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'network.host': '127.0.0.1',
    'http.port': 0,
    'transport.port': 0,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'xpack.security.autoconfiguration.enabled': false,
    'xpack.security.enabled': options.users !== undefined,
    ...(options.tls === undefined ? {} : tlsOf(options.tls)),
    ...discovery,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** A user with the password of another: written at once, where the tool takes seconds for each. */
function addAlike(config: string, like: string, name: string, roles: readonly string[]): void {
  const users = join(config, 'users');
  const hash = new RegExp(`^${like}:(.*)$`, 'm').exec(readFileSync(users, 'utf8'))?.[1] ?? '';
  appendFileSync(users, `${name}:${hash}\n`);
  for (const role of roles) appendFileSync(join(config, 'users_roles'), `${role}:${name}\n`);
}

function tlsOf({ password }: NonNullable<ServerOptions['tls']>): Record<string, unknown> {
  const ssl = 'xpack.security.http.ssl';
  return {
    [`${ssl}.enabled`]: true,
    [`${ssl}.keystore.path`]: KEYSTORE,
    [`${ssl}.keystore.password`]: password,
  };
}

function chownAll(path: string, owner: Owner): void {
  chownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid);
  }
}

/** With security on, "who are you" is an answer too. */
async function answers(url: string): Promise<boolean> {
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  const path = `${url}/_cluster/health?wait_for_status=yellow&timeout=1s`;
  return new Promise((resolve) => {
    const request = get(path, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 || response.statusCode === 401);
    });
    request.on('error', () => {
      resolve(false);
    });
  });
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
