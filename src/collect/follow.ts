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
import { listFolder, type LeftOut } from './folder.js';
import { GrowingFile, WholeFile, type FollowedFile } from './followed-file.js';
import { foundAt, NamedFiles, type Found } from './named-files.js';
import { isGone, isTooMany, unreadable } from './open.js';
import type { CollectOptions } from './options.js';
import { Head, type FilePosition } from './position.js';
import { isDocument } from './sniff.js';

/** Positions of files that are gone, kept to know them again when they turn up packed. */
const MAX_FORMER = 1000;
/** Looks at which a file must be gone before it counts as finished: writers take a moment to move on. */
const LOOKS_UNTIL_GONE = 2;

/** Files that are kept open between looks: a process may open so many only. */
const MAX_OPEN = 256;

/** What of the names is not read for the moment. */
export interface FollowState {
  /** Files that there are. */
  readonly files: number;
  /** What cannot be read though it is there, by path, with a sentence that says why. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Names under which there is no file. */
  readonly empty: readonly string[];
  /** What lies in the folders and is never read. */
  readonly leftOut: readonly LeftOut[];
}

interface Entry {
  readonly file: FollowedFile;
  /** Size when it was last seen. */
  size: number;
  /** Looks since it was last found under the names. */
  missing: number;
  /** Lies beside the names: the rest of a file that was rotated away. */
  readonly isRest: boolean;
}

/** Follows files and folders. */
export class FileFollower {
  private readonly entries = new Map<string, Entry>();
  /** Positions of files that are gone, or not found again yet. */
  private former: FilePosition[];
  private hasLooked = false;
  private readonly named: NamedFiles;
  private readonly unreadable = new Map<string, string>();

  private constructor(
    names: readonly string[],
    private readonly options: CollectOptions,
    positions: readonly FilePosition[],
  ) {
    this.former = [...positions];
    this.named = new NamedFiles(names, (path, error) => {
      this.note(path, error);
    });
  }

  /**
   * @param names files, which may come later, and folders
   * @param positions where an earlier follower stood
   * @throws AppError `unreadable_file` where neither a name nor the folder that it lies in exists, or a
   *   name is that of a pipe or device
   */
  static async open(
    names: readonly string[],
    options: CollectOptions,
    positions: readonly FilePosition[] = [],
  ): Promise<FileFollower> {
    for (const name of names) await refuseUnfollowable(name);
    return new FileFollower([...new Set(names)], options, positions);
  }

  /** Where reading stands: all batches before the one in hand are done with. */
  get positions(): FilePosition[] {
    return [...this.former, ...[...this.entries.values()].map(({ file }) => file.position)];
  }

  /** What is not read for the moment. */
  get state(): FollowState {
    const { unreadable, named } = this;
    return {
      files: named.files,
      unreadable: new Map(unreadable),
      empty: named.empty,
      leftOut: named.leftOut,
    };
  }

  /**
   * Batches as they come, until the signal is aborted; undefined each time that nothing more is there
   * for the moment. The reader sets the pace: nothing is read before the next batch is asked for.
   * A file that cannot be read keeps none of the others waiting; it is tried again at each look.
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
    this.unreadable.clear();
    const found = await this.named.find();
    for (const one of found) yield* await this.orNone(one.path, () => this.meet(one));
    if (!this.hasLooked) {
      // Files that were rotated away while nobody followed them.
      await this.searchRests(this.former);
      this.hasLooked = true;
    }
    const named = new Set(found.map(({ inode }) => inode));
    for (const [inode, entry] of [...this.entries]) yield* this.lookAt(inode, entry, named.has(inode));
  }

  /** What is new of one file. */
  private async *lookAt(inode: string, entry: Entry, isNamed: boolean): AsyncGenerator<RawBatch> {
    const { file } = entry;
    let news = false;
    try {
      const size = isNamed ? entry.size : await sizeOf(inode, file.path);
      for await (const batch of file.read(size)) {
        news = true;
        yield batch;
      }
    } catch (error) {
      this.note(file.path, error);
      await file.rewind();
      await this.closeAllOfTooMany(error);
    }
    entry.missing = isNamed || news ? 0 : entry.missing + 1;
    if (entry.missing >= LOOKS_UNTIL_GONE) yield* await this.finish(inode, entry, !file.isOpen);
    else await this.closeOfMany(file);
  }

  /** Of more files than may be open at a time none stays open. */
  private async closeOfMany(file: FollowedFile): Promise<void> {
    if (this.entries.size > MAX_OPEN) await file.close();
  }

  /** Where the process may open no more files none stays open: each is opened again when it has grown. */
  private async closeAllOfTooMany(error: unknown): Promise<void> {
    if (!isTooMany(error)) return;
    for (const { file } of this.entries.values()) await file.close();
  }

  /** What a file gives; nothing, and a note, where it cannot be read. */
  private async orNone(path: string, read: () => Promise<RawBatch[]>): Promise<RawBatch[]> {
    try {
      return await read();
    } catch (error) {
      this.note(path, error);
      await this.closeAllOfTooMany(error);
      return [];
    }
  }

  /** Takes note of what is there and cannot be read in this look. */
  private note(path: string, error: unknown): void {
    if (!isGone(error)) this.unreadable.set(path, unreadable(path, error).message);
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
    const isSame = await entry.file.isSame(found.size);
    await this.closeOfMany(entry.file);
    // Truncated in place, it begins again.
    return isSame ? [] : this.finish(found.inode, entry, true);
  }

  /** Lets go of a file that nothing more comes from. What was not read of it may lie beside it. */
  private async finish(inode: string, { file, isRest }: Entry, hasRest: boolean): Promise<RawBatch[]> {
    const { position } = file;
    await file.close();
    this.entries.delete(inode);
    this.former = [...this.former, position].slice(-MAX_FORMER);
    if (hasRest && !isRest) await this.searchRests([position]);
    // Where a rest was found it is read from the beginning of the last line.
    return this.former.includes(position) ? file.end() : [];
  }

  private async admit(found: Found, isRest = false): Promise<void> {
    const head = await headOf(found.path);
    if (head.bytes.length === 0 || this.isCopyOfFollowed(found, head)) return;
    const isPacked = head.isPacked;
    const isWhole = isPacked || isDocument(head.bytes.toString('utf8'));
    const known = this.takeFormer(found, head, isPacked);
    const isItself = known?.inode === found.inode;
    const position: FilePosition = {
      source: known?.source ?? found.path,
      path: found.path,
      inode: found.inode,
      head: head.known,
      offset: known && (isItself || !isWhole) ? known.offset : 0,
      line: known?.line ?? 0,
      header: known?.header ?? [],
    };
    const file = isWhole ? new WholeFile(position, this.options) : new GrowingFile(position, this.options);
    this.entries.set(found.inode, { file, size: found.size, missing: 0, isRest });
  }

  /**
   * A copy of a file that is still followed adds nothing, and is no longer than it. Rotation copies
   * before it truncates: what the copy has more is read once the file has begun again.
   */
  private isCopyOfFollowed({ size }: Found, head: Head): boolean {
    return [...this.entries.values()].some(
      (entry) => size <= entry.size && head.is(entry.file.position.head),
    );
  }

  /** The position of a file that was read before: itself, else renamed, copied or packed. */
  private takeFormer(found: Found, head: Head, isPacked: boolean): FilePosition | undefined {
    const matches = this.former.filter(
      (position) => head.is(position.head) && (isPacked || found.size >= position.offset),
    );
    const known = matches.find(({ inode }) => inode === found.inode) ?? matches.at(-1);
    if (known) this.former = this.former.filter((position) => position !== known);
    return known;
  }

  /** Looks for the rest of files beside them: rotation leaves it there under another name. */
  private async searchRests(positions: readonly FilePosition[]): Promise<void> {
    for (const folder of new Set(positions.map(({ path }) => dirname(path)))) {
      const beside = await listFolder(folder, false).catch(() => undefined);
      for (const path of beside?.files ?? []) {
        const found = await foundAt(path);
        if (found && !this.entries.has(found.inode)) {
          // Nobody named it: what it is matters only if it is such a rest.
          await this.meetRest(found, positions).catch(() => undefined);
        }
      }
    }
  }

  private async meetRest(found: Found, positions: readonly FilePosition[]): Promise<void> {
    const head = await headOf(found.path);
    if (positions.some((position) => head.is(position.head))) await this.admit(found, true);
  }
}

/** How a file begins; one that is gone has no beginning. */
async function headOf(path: string): Promise<Head> {
  return Head.of(path).catch((error: unknown) => {
    if (isGone(error)) return new Head(Buffer.alloc(0));
    throw error;
  });
}

/** Size of a file, if it still lies where it did. */
async function sizeOf(inode: string, path: string): Promise<number | undefined> {
  const found = await foundAt(path);
  return found?.inode === inode ? found.size : undefined;
}

async function refuseUnfollowable(name: string): Promise<void> {
  const info = await stat(name).catch(() => undefined);
  if (!info) {
    if (await stat(dirname(name)).catch(() => undefined)) return;
    throw new AppError(
      'unreadable_file',
      `cannot follow "${name}": neither it nor the folder that it should appear in exists`,
    );
  }
  if (info.isFile() || info.isDirectory()) return;
  throw new AppError(
    'unreadable_file',
    `cannot follow "${name}": it is a pipe or a device, of which nothing can be read again after a restart; read it once with --no-follow, or let its writer write a file`,
  );
}
