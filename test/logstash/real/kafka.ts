/**
 * A real Kafka, one node without ZooKeeper, on loopback, thrown away when it stops. It is whatever `KAFKA_HOME` names
 * (a folder whose `libs` has the jars, 4.0 or newer); the project has none.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaHomeFor } from '../../elastic/distribution.js';
import { freePorts, type Intakes } from './installation.js';

const TOPIC = 'network-logs';
const TOOLS = 'org.apache.kafka.tools';

/** A broker with the topic of the intake. */
export interface Kafka {
  /** The intake that reads the topic, from its beginning. */
  intakes(): Intakes;
  /** Writes records, one a line. */
  send(lines: readonly Buffer[]): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of an installation; undefined where `KAFKA_HOME` names none. */
export function kafkaHome(): string | undefined {
  const home = process.env.KAFKA_HOME;
  return home !== undefined && existsSync(join(home, 'libs')) ? home : undefined;
}

/** Starts it and makes the topic. */
export async function startKafka(home: string): Promise<Kafka> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-kafka-'));
  const [port, controller] = (await freePorts(2)) as [number, number];
  const servers = `127.0.0.1:${String(port)}`;
  const settings = writeSettings(folder, servers, `127.0.0.1:${String(controller)}`);
  const run = (name: string, ...options: string[]) =>
    promisify(execFile)(java(), [...classPath(home), name, ...options]);
  let broker: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (broker !== undefined) await end(broker);
    rmSync(folder, { recursive: true });
  };
  try {
    const id = `E${randomBytes(16).toString('base64url').slice(1)}`;
    await run('kafka.tools.StorageTool', 'format', '--cluster-id', id, '--config', settings);
    broker = launch(home, folder, settings);
    await run(`${TOOLS}.TopicCommand`, '--bootstrap-server', servers, '--create', '--topic', TOPIC);
  } catch (error) {
    const said = existsSync(join(folder, 'output.txt'))
      ? readFileSync(join(folder, 'output.txt'), 'utf8')
      : '';
    await stop();
    throw new Error(`Kafka does not start: ${String(error)}\n${said}`);
  }
  return { intakes: () => intakes(servers), send: (lines) => send(home, servers, lines), stop };
}

function intakes(servers: string): Intakes {
  return {
    kafka: {
      ELKHOUND_KAFKA_SERVERS: servers,
      ELKHOUND_KAFKA_TOPIC: TOPIC,
      ELKHOUND_KAFKA_RESET: 'earliest',
    },
  };
}

function writeSettings(folder: string, broker: string, controller: string): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'num.partitions': '2',
    'offsets.topic.replication.factor': '1',
    'group.initial.rebalance.delay.ms': '0',
  };
  const file = join(folder, 'server.properties');
  writeFileSync(
    file,
    Object.entries(settings)
      .map((setting) => setting.join('='))
      .join('\n'),
  );
  return file;
}

function java(): string {
  return join(javaHomeFor('8.19.9'), 'bin', 'java');
}

function classPath(home: string): string[] {
  return ['-Xmx256m', '-cp', join(home, 'libs', '*')];
}

function launch(home: string, folder: string, settings: string): ChildProcess {
  const output = openSync(join(folder, 'output.txt'), 'a');
  return spawn(java(), [...classPath(home), 'kafka.Kafka', settings], {
    cwd: folder,
    stdio: ['ignore', output, output],
  });
}

/** By Kafka's own producer for the console. */
async function send(home: string, servers: string, lines: readonly Buffer[]): Promise<void> {
  const options = ['--bootstrap-server', servers, '--topic', TOPIC];
  const producer = spawn(java(), [...classPath(home), `${TOOLS}.ConsoleProducer`, ...options], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const exited = once(producer, 'exit') as Promise<[number | null]>;
  producer.stdin.end(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  const [code] = await exited;
  if (code !== 0) throw new Error(`Kafka's producer ended with ${String(code)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
