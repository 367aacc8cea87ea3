/**
 * Whatever names of files, logs, configurations and clusters hold, what a command prints steers no terminal.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Progress } from '../../src/cli/progress.js';
import { BIN } from './run.js';

/** A title, a cleared screen, a color by C1, a reversed text, line ends of all kinds, nothing to see. */
const HOSTILE = 'EVIL\u001b]0;x\u0007\u001b[2J\u009b31m\u202e\u2066\u2028\u0085\r\u200b\u00ad';
const STEERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const folder = mkdtempSync(join(tmpdir(), 'elkhound-hostile-'));
const inFolder = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

/** Answers of a cluster: what it says of itself, and of everything else. */
type Answers = readonly [status: number, whoItIs: object, others: object];
const refusal = {
  error: {
    type: HOSTILE,
    reason: HOSTILE,
    root_cause: [{ type: HOSTILE, reason: HOSTILE, index: HOSTILE }],
    failed_shards: [{ index: HOSTILE, node: HOSTILE, reason: { type: HOSTILE, reason: HOSTILE } }],
  },
};
const itself = (number: string): object => ({
  name: HOSTILE,
  cluster_name: HOSTILE,
  cluster_uuid: HOSTILE,
  version: { number, build_flavor: 'default' },
  tagline: 'You Know, for Search',
});
const CLUSTERS: Readonly<Record<string, Answers>> = {
  refusing: [403, { ...refusal, status: 403 }, { ...refusal, status: 403 }],
  failing: [400, itself('8.19.0'), { ...refusal, status: 400 }],
  other: [200, itself(HOSTILE), { [HOSTILE]: HOSTILE }],
  strange: [200, itself('8.19.0'), { [HOSTILE]: { [HOSTILE]: HOSTILE }, indices: HOSTILE, status: HOSTILE }],
};
const servers: Server[] = [];
const configOf: Record<string, string> = {};

beforeAll(async () => {
  for (const [name, [status, whoItIs, others]] of Object.entries(CLUSTERS)) {
    const server = createServer((request, response) => {
      request.resume();
      const isItself = new URL(request.url!, 'http://a').pathname === '/';
      response.writeHead(isItself && status === 400 ? 200 : status, {
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
        'x-elastic-product': 'Elasticsearch',
      });
      response.end(JSON.stringify(isItself ? whoItIs : others));
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    configOf[name] = inFolder(`${name}.yml`, ascii({ elasticsearch: { url }, api: { port: 0 } }));
  }
});

afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

const guesses = Array.from(
  { length: 60 },
  (_, i) =>
    `Nov 20 10:00:${String(i).padStart(2, '0')} ${HOSTILE.replace(/\s/g, '')} sshd[${String(i)}]: Failed password for invalid user ${HOSTILE.replace('\r', '')}${String(i)} from 203.0.113.7 port ${String(40_000 + i)} ssh2`,
);
const LOG = inFolder(`${HOSTILE}.log`, `${guesses.join('\n')}\n${HOSTILE}\n`);
const ECS = inFolder(
  `${HOSTILE}.ndjson`,
  Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      '@timestamp': new Date(Date.UTC(2026, 10, 20, 10, 0, i)).toISOString(),
      event: { category: ['authentication'], outcome: i < 59 ? 'failure' : HOSTILE, dataset: HOSTILE },
      user: { name: HOSTILE },
      source: { ip: i < 58 ? '203.0.113.7' : HOSTILE },
      host: { name: HOSTILE },
      log: { file: { path: HOSTILE } },
    }),
  ).join('\n'),
);
const WRONG = inFolder(
  `${HOSTILE}-wrong.yml`,
  ascii({
    [HOSTILE]: HOSTILE,
    job: HOSTILE,
    log: { level: HOSTILE },
    elasticsearch: { [HOSTILE]: 1, filter: HOSTILE },
  }),
);
const TORN = inFolder(`${HOSTILE}-torn.yml`, `a: [${HOSTILE}\n\t- *${HOSTILE}`);
const HOME = inFolder(
  `${HOSTILE}-home.yml`,
  ascii({ store: { home: join(folder, `${HOSTILE}-home`) }, api: { port: 0 } }),
);
const EXPECTED = inFolder(
  `${HOSTILE}.json`,
  ascii({ groups: [{ name: HOSTILE, inputs: [LOG], expected: [], quiet: [{ entity: HOSTILE }] }] }),
);
const TARGET = `${HOSTILE}-simulated`;
mkdirSync(join(folder, `${HOSTILE}-folder`));
inFolder(join(`${HOSTILE}-folder`, `${HOSTILE}.bin`), '\0\0');
inFolder(join(`${HOSTILE}-folder`, `${HOSTILE}.log`), '{"a":1}\n');

const onCluster = (...args: string[]): string[][] =>
  Object.keys(CLUSTERS).map((name) => [...args, '-c', `@${name}`]);

const COMMANDS: readonly (readonly string[])[] = [
  [HOSTILE],
  ['scan', `--${HOSTILE}`],
  ['simulate', '--hosts', HOSTILE],
  ['start', '--until', HOSTILE],
  ['scan', LOG],
  ['scan', LOG, ECS, `${HOSTILE}-folder`],
  ['scan', '--json', LOG, ECS],
  ['scan', `${HOSTILE}-none`],
  ['scan', `${HOSTILE}-folder`],
  ['scan', LOG, '--report', join(`${HOSTILE}-none`, 'x.html')],
  ['config', '--check', '-c', WRONG],
  ['config', '-c', TORN],
  ['config', '-c', HOME],
  ['config', '-c', `${HOSTILE}-none.yml`],
  ['start', '-c', HOME, '--from', LOG, ECS, '--no-follow'],
  ['start', '-c', `@failing`],
  ['start', '-c', `@refusing`],
  ...onCluster('doctor'),
  ['doctor', '--json', '-c', '@failing'],
  ['doctor', '-c', HOME],
  ...onCluster('setup'),
  ['setup', '--dry-run', '-c', '@failing'],
  ...onCluster('backtest').map(([command, , config]) => [command!, '--running', config!]),
  ['backtest', '-c', HOME],
  ...onCluster('forget', HOSTILE),
  ['forget', HOSTILE, '--dry-run', '-c', HOME],
  ['simulate', '--hosts', '20', '--events', '50', '--out', TARGET],
  ['simulate', '--hosts', '20', '--events', '50', '--out', TARGET, '--json'],
  ['simulate', '--hosts', '20', '--events', '50', '--out', join(LOG, 'x')],
  ['simulate', '--hosts', '20', '--events', '50', '--to', 'elasticsearch', '-c', '@failing'],
  ['evaluate', EXPECTED],
  ['evaluate', `${HOSTILE}-none.json`],
];

/** Answers that are not repeated, since they are none to the question. */
const SILENT: ReadonlySet<string> = new Set(['@other', '@strange']);

const shown = (args: readonly string[]): string => args.join(' ').replace(/[^ -~]/g, '?');

/** Runs a command until it ends, or a service until it has said what was hostile. */
async function printed(args: readonly string[]): Promise<string> {
  const given = args.map((arg) => (arg.startsWith('@') ? configOf[arg.slice(1)]! : arg));
  const env = { PATH: process.env.PATH ?? '', HOME: folder, ELKHOUND_HOME: join(folder, 'home') };
  const running = spawn(process.execPath, [BIN, ...given], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = running;
  let text = '';
  for (const stream of [stdout.setEncoding('utf8'), stderr.setEncoding('utf8')]) {
    stream.on('data', (chunk: string) => {
      text += chunk;
      if (args[0] === 'start' && /EVIL[^]*(caught up|store|tick)/.test(text)) running.kill('SIGINT');
    });
  }
  await once(running, 'close');
  return text;
}

describe('hostile text', () => {
  it.each(COMMANDS.map((args) => [shown(args), args] as const))(
    'steers no terminal: elkhound %s',
    async (_, args) => {
      const text = await printed(args);
      expect(text.replace(/[\n\t]/g, '')).not.toMatch(STEERS);
      // It came through, in a harmless form, in an answer that somebody wrote for people.
      if (!SILENT.has(args.at(-1)!)) expect(text).toContain('EVIL');
      expect(text).not.toMatch(/\n {4}at /);
    },
    60_000,
  );

  it('steers no terminal from the line that shows progress', () => {
    jest.useFakeTimers();
    const written: string[] = [];
    const progress = new Progress({ isTTY: true, columns: 80, write: (text) => written.push(text) });
    progress.update(HOSTILE);
    jest.advanceTimersByTime(1_500);
    progress.done();
    jest.useRealTimers();
    expect(written.join('')).toContain('EVIL');
    expect(written.join('').replaceAll('\r\u001b[K', '')).not.toMatch(STEERS);
  });
});
