/**
 * What cannot be read twice, kept in a file for as long as it is needed.
 */
import { createWriteStream, constants, openSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A folder of its owner alone, which goes when it is closed, or when the process is ended. */
export class Scratch {
  private files = 0;
  private readonly remove = (): void => {
    rmSync(this.folder, { recursive: true, force: true });
  };
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.close();
    // Somebody who ends the process in good order is asked as well; else it ends as without this.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };

  private constructor(private readonly folder: string) {
    for (const signal of SIGNALS) process.once(signal, this.onSignal);
    process.once('exit', this.remove);
  }

  static async open(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'elkhound-')));
  }

  /** Keeps a stream to its end; returns the path of the file. */
  async keep(stream: Readable): Promise<string> {
    const path = join(this.folder, `input-${String(++this.files)}`);
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
    return path;
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
    process.off('exit', this.remove);
    this.remove();
  }
}

/** What comes out of a pipe that has a name; waiting for its writer holds up no signal. */
export function pipeStream(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
