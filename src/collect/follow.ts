/**
 * Files that are followed as `tail -F` does, through rotation by renaming and by copying and
 * truncating; and folders, with the files that appear in them.
 *
 * Files are known by inode and by how they begin, so that a renamed, copied or packed file goes on
 * where reading of it stood. What is handed out twice after a crash is at most what was in hand.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../domain/error.js';
import type { RawBatch } from '../domain/raw.js';
import { filesIn } from './collector.js';
import { GrowingFile, WholeFile, type FollowedFile } from './followed-file.js';
import { isGzip } from './open.js';
import type { CollectOptions } from './options.js';
import { fileHead, headOf, isHead, type FilePosition } from './position.js';
import { isDocument } from './sniff.js';

/** Positions of files that are gone, kept to know them again when they turn up packed. */
const MAX_FORMER = 1000;
/** Looks at which a file must be gone before it counts as finished: writers take a moment to move on. */
const LOOKS_UNTIL_GONE = 2;

/** A file as a look found it. */
interface Found {
  readonly path: string;
  /** Device and inode. */
  readonly inode: string;
  readonly size: number;
}

interface Entry {
  readonly file: FollowedFile;
  /** Size when it was last seen. */
  size: number;
  /** Looks since it was. */
  missing: number;
}

/** Follows files and folders. */
export class FileFollower {
  private readonly entries = new Map<string, Entry>();
  /** Positions of files that are gone, or not found again yet. */
  private former: FilePosition[];
  private hasLooked = false;

  private constructor(
    private readonly names: readonly string[],
    private readonly options: CollectOptions,
    positions: readonly FilePosition[],
  ) {
    this.former = [...positions];
  }

  /**
   * @param names files, which may come later, and folders
   * @param positions where an earlier follower stood
   * @throws AppError `unreadable_file` where neither a name nor the folder that it lies in exists
   */
  static async open(
    names: readonly string[],
    options: CollectOptions,
    positions: readonly FilePosition[] = [],
  ): Promise<FileFollower> {
    for (const name of names) {
      if (!(await isThere(name)) && !(await isThere(dirname(name)))) {
        throw new AppError(
          'unreadable_file',
          `cannot follow "${name}": neither it nor the folder that it should appear in exists`,
        );
      }
    }
    return new FileFollower([...new Set(names)], options, positions);
  }

  /** Where reading stands: all batches before the one in hand are done with. */
  get positions(): FilePosition[] {
    return [...this.former, ...[...this.entries.values()].map(({ file }) => file.position)];
  }

  /**
   * Batches as they come, until the signal is aborted; undefined each time that nothing more is there
   * for the moment. The reader sets the pace: nothing is read before the next batch is asked for.
   */
  async *batches(signal: AbortSignal): AsyncGenerator<RawBatch | undefined> {
    const isOver = (): boolean => signal.aborted;
    try {
      while (!isOver()) {
        let news = false;
        for await (const batch of this.look()) {
          news = true;
          yield batch;
          if (isOver()) return;
        }
        if (news) continue;
        yield undefined;
        // Aborted while waiting: the loop ends by itself.
        await delay(this.options.pollInterval, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await Promise.all([...this.entries.values()].map(({ file }) => file.close()));
    }
  }

  /** One look at everything. */
  private async *look(): AsyncGenerator<RawBatch> {
    const found = await this.find();
    for (const one of found) yield* await this.meet(one);
    if (!this.hasLooked) {
      // Files that were rotated away while nobody followed them.
      for (const position of [...this.former]) await this.searchRest(position);
      this.hasLooked = true;
    }
    const present = new Set(found.map(({ inode }) => inode));
    for (const [inode, entry] of [...this.entries]) {
      let news = false;
      for await (const batch of entry.file.read(present.has(inode) ? entry.size : undefined)) {
        news = true;
        yield batch;
      }
      entry.missing = present.has(inode) || news ? 0 : entry.missing + 1;
      if (entry.missing >= LOOKS_UNTIL_GONE) yield* await this.finish(inode, entry.file);
    }
  }

  /** What there is under the names. */
  private async find(): Promise<Found[]> {
    const found: Found[] = [];
    for (const name of this.names) {
      const isFolder = (await stat(name).catch(() => undefined))?.isDirectory() === true;
      const paths = isFolder ? await filesIn(name).catch(() => []) : [name];
      for (const path of paths) {
        const one = await foundAt(path);
        if (one) found.push(one);
      }
    }
    return found;
  }

  /** Takes note of a file: a known one under its present name, a new one from where it stood. */
  private async meet(found: Found): Promise<RawBatch[]> {
    const entry = this.entries.get(found.inode);
    if (!entry) {
      await this.admit(found);
      return [];
    }
    entry.file.path = found.path;
    entry.size = found.size;
    // Truncated in place, it begins again.
    return (await entry.file.isSame(found.size)) ? [] : this.finish(found.inode, entry.file);
  }

  /** Lets go of a file that nothing more comes from; what was not read of it may lie beside it. */
  private async finish(inode: string, file: FollowedFile): Promise<RawBatch[]> {
    const { position } = file;
    await file.close();
    this.entries.delete(inode);
    this.former = [...this.former, position].slice(-MAX_FORMER);
    await this.searchRest(position);
    // Where the rest was found it is read from the beginning of the last line.
    return this.former.includes(position) ? file.end() : [];
  }

  private async admit(found: Found): Promise<void> {
    const head = await headOf(found.path).catch(() => Buffer.alloc(0));
    if (head.length === 0 || this.isCopyOfFollowed(found, head)) return;
    const isPacked = await isGzip(found.path);
    const isWhole = isPacked || isDocument(head.toString('utf8'));
    const known = this.takeFormer(found, head, isPacked);
    const isItself = known?.inode === found.inode;
    const position: FilePosition = {
      source: known?.source ?? found.path,
      path: found.path,
      inode: found.inode,
      head: fileHead(head),
      offset: known && (isItself || !isWhole) ? known.offset : 0,
      line: known?.line ?? 0,
      header: known?.header ?? [],
    };
    const file = isWhole ? new WholeFile(position, this.options) : new GrowingFile(position, this.options);
    this.entries.set(found.inode, { file, size: found.size, missing: 0 });
  }

  /**
   * A copy of a file that is still followed adds nothing, and is no longer than it. Rotation copies
   * before it truncates: what the copy has more is read once the file has begun again.
   */
  private isCopyOfFollowed({ size }: Found, head: Buffer): boolean {
    return [...this.entries.values()].some(
      (entry) => size <= entry.size && isHead(head, entry.file.position.head),
    );
  }

  /** The position of a file that was read before: itself, else renamed, copied or packed. */
  private takeFormer(found: Found, head: Buffer, isPacked: boolean): FilePosition | undefined {
    const matches = this.former.filter(
      (position) => isHead(head, position.head) && (isPacked || found.size >= position.offset),
    );
    const known = matches.find(({ inode }) => inode === found.inode) ?? matches.at(-1);
    if (known) this.former = this.former.filter((position) => position !== known);
    return known;
  }

  /** Looks for the rest of a file beside it: rotation leaves it there under another name. */
  private async searchRest(position: FilePosition): Promise<void> {
    for (const path of await filesIn(dirname(position.path), false).catch(() => [])) {
      const found = await foundAt(path);
      if (!found || this.entries.has(found.inode)) continue;
      const head = await headOf(path).catch(() => Buffer.alloc(0));
      if (isHead(head, position.head)) await this.admit(found);
    }
  }
}

/** The file under a name; undefined where there is none. */
async function foundAt(path: string): Promise<Found | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  if (info?.isFile() !== true) return undefined;
  return { path, inode: `${String(info.dev)}:${String(info.ino)}`, size: Number(info.size) };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
