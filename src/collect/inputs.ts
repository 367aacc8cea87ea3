/**
 * What the names of files, folders, pipes and standard input stand for.
 */
import { fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { AppError } from '../domain/error.js';
import type { Input } from './file-reader.js';
import { listFolder, type LeftOut } from './folder.js';
import { unreadable } from './open.js';
import { pipeStream, Scratch } from './scratch.js';

/** Name of standard input in coverage and messages. */
export const STANDARD_INPUT = '-';

/** Who waits for a pipe that long without a byte is told so. */
const QUIET_MS = 1_000;

/** Hears that nothing came out of a pipe yet. */
export type OnWaiting = (pipe: string) => void;

/** What names stand for; to be closed. */
export interface FoundInputs {
  readonly inputs: readonly Input[];
  readonly leftOut: readonly LeftOut[];
  close(): void;
}

/** Looks names up. */
export class InputFinder {
  /** By device and inode, so that a file under several names is read once. */
  private readonly inputs = new Map<string, Input>();
  private readonly leftOut: LeftOut[] = [];
  private scratch: Scratch | undefined;

  private constructor(private readonly onWaiting: OnWaiting) {}

  /** @throws AppError `unreadable_file` for a name that does not exist, or that of a device */
  static async find(names: readonly string[], onWaiting: OnWaiting = () => undefined): Promise<FoundInputs> {
    const finder = new InputFinder(onWaiting);
    try {
      // What must be waited for comes last, when all mistakes have been told.
      const pipes: string[] = [];
      for (const name of names) if (await finder.isPipe(name)) pipes.push(name);
      for (const name of new Set(pipes)) await finder.keep(name);
    } catch (error) {
      finder.scratch?.close();
      throw error;
    }
    const { inputs, leftOut, scratch } = finder;
    return { inputs: [...inputs.values()], leftOut, close: () => scratch?.close() };
  }

  /** Takes a file or a folder; of a pipe it only says that it is one. */
  private async isPipe(name: string): Promise<boolean> {
    if (name === STANDARD_INPUT) return true;
    const info = await stat(name).catch((cause: unknown) => {
      throw new AppError('unreadable_file', `cannot read "${name}": there is no such file or folder`, {
        cause,
      });
    });
    if (info.isDirectory()) await this.addFolder(name);
    else if (info.isFile()) this.add({ path: name, source: name, named: true }, info);
    else if (info.isFIFO() || isStandardInput(info)) return true;
    else {
      throw new AppError(
        'unreadable_file',
        `cannot read "${name}": it is a device or a socket, which may never end; name a log file or a folder, or "-" for standard input`,
      );
    }
    return false;
  }

  private async addFolder(name: string): Promise<void> {
    const { files, leftOut } = await listFolder(name).catch((cause: unknown) => {
      throw unreadable(name, cause);
    });
    this.leftOut.push(...leftOut);
    for (const path of files) {
      const info = await stat(path).catch(() => undefined);
      this.add({ path, source: path, named: false }, info);
    }
  }

  private add(input: Input, info: Stats | undefined): void {
    const key = info ? `${String(info.dev)}:${String(info.ino)}` : input.path;
    if (!this.inputs.has(key) || input.named) this.inputs.set(key, input);
  }

  private async keep(name: string): Promise<void> {
    this.scratch ??= await Scratch.open();
    const isOwn = name === STANDARD_INPUT || isStandardInput(await stat(name));
    const path = await (isOwn ? this.scratch.keep(process.stdin) : this.keepPipe(this.scratch, name));
    this.inputs.set(name, { path, source: name, named: true });
  }

  /** A pipe without a writer looks like a command that hangs. */
  private async keepPipe(scratch: Scratch, name: string): Promise<string> {
    const pipe = pipeStream(name);
    const timer = setTimeout(() => {
      if (pipe.bytesRead === 0) this.onWaiting(name);
    }, QUIET_MS);
    try {
      return await scratch.keep(pipe);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether a name is one of standard input, such as /dev/stdin. */
function isStandardInput({ dev, ino }: Stats): boolean {
  try {
    const own = fstatSync(0);
    return own.dev === dev && own.ino === ino && !own.isFile();
  } catch {
    return false;
  }
}
