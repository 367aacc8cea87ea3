/**
 * The built command as a user starts it: a process with output, an address and signals.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BIN = join(__dirname, '..', '..', 'bin', 'elkhound.js');
const POLL_MS = 50;

/** A running `elkhound`. */
export class ElkhoundProcess {
  stdout = '';
  stderr = '';
  private readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
  }

  /**
   * Starts a command with nothing of the environment but what is given.
   * @param uid user and group that it runs as, where that is another
   */
  static start(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    uid?: number,
  ): ElkhoundProcess {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    return new ElkhoundProcess(child);
  }

  /** Address of the pages, once it is printed. */
  async address(): Promise<string> {
    await this.until(() => /http:\S+/.test(this.stdout), 'an address');
    return /http:\S+/.exec(this.stdout)![0];
  }

  /** Waits for something to hold; fails with what the process said if it ends before. */
  async until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    while (!(await holds())) {
      if (this.ended) {
        throw new Error(
          `the process ended (${String(this.child.exitCode ?? this.child.signalCode)}) before there was ${what}:\n${this.stdout}\n${this.stderr}`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** Whether it has come to its end. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Sends a signal, and does not wait for what it does. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Exit code at its own end. */
  end(): Promise<number | null> {
    return this.exited;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

/** The JSON that an address answers with. */
export async function getJson<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${String(response.status)} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A message as a webhook gets it. */
export interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly behavior: string; readonly severity: string; readonly summary: string };
}

/** A webhook on loopback that keeps what it gets. */
export class Webhook {
  readonly messages: Message[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Webhook> {
    const webhook: Webhook = new Webhook(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Message, 'id'>;
          webhook.messages.push({ id: String(request.headers['webhook-id']), ...body });
          response.end();
        });
      }),
    );
    await new Promise<void>((resolve) => webhook.server.listen(0, '127.0.0.1', resolve));
    return webhook;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
