/**
 * A built checkout of Elkhound, used as its users do: by the command.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a command that has ended left. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Checkout {
  constructor(private readonly folder: string) {}

  /** Starts a command with nothing of the environment but what is given. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): ChildProcess {
    return spawn(process.execPath, [join(this.folder, 'bin', 'elkhound.js'), ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
  }

  /** Runs a command to its end. */
  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd?: string,
  ): Promise<Ended> {
    const child = this.start(args, env, cwd);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  }

  /** Runs a command that has to succeed. */
  async succeed(...run: Parameters<Checkout['run']>): Promise<Ended> {
    const ended = await this.run(...run);
    if (ended.code !== 0) throw new Error(`elkhound ${run[0].join(' ')}: ${ended.stderr}`);
    return ended;
  }
}
