/**
 * The files that there are under names of files and folders, as they come and go.
 */
import { stat } from 'node:fs/promises';
import { listFolder, type LeftOut, type Listing } from './folder.js';

/** A file as a look found it. */
export interface Found {
  readonly path: string;
  /** Device and inode. */
  readonly inode: string;
  readonly size: number;
}

/** Looks again and again what there is under names. */
export class NamedFiles {
  /** The last good look into each folder: one that cannot be listed for a moment has not lost its files. */
  private readonly listings = new Map<string, Listing>();
  private current: readonly (readonly [name: string, files: number])[] = [];

  /** @param onTrouble hears at each look of folders that cannot be listed */
  constructor(
    private readonly names: readonly string[],
    private readonly onTrouble: (path: string, error: unknown) => void,
  ) {}

  /** What there is now; a file that lies there under several names comes once. */
  async find(): Promise<Found[]> {
    const found = new Map<string, Found>();
    const current: [string, number][] = [];
    for (const name of this.names) {
      const isFolder = (await stat(name).catch(() => undefined))?.isDirectory() === true;
      const paths = isFolder ? await this.filesOf(name) : [name];
      let files = 0;
      for (const path of paths) {
        const one = await foundAt(path);
        if (!one) continue;
        files++;
        if (!found.has(one.inode)) found.set(one.inode, one);
      }
      current.push([name, files]);
    }
    this.current = current;
    return [...found.values()];
  }

  /** Files that the last look found. */
  get files(): number {
    return this.current.reduce((sum, [, files]) => sum + files, 0);
  }

  /** Names under which the last look found no file. */
  get empty(): string[] {
    return this.current.filter(([, files]) => files === 0).map(([name]) => name);
  }

  /** What lies in the folders and is not read. */
  get leftOut(): LeftOut[] {
    return [...this.listings.values()].flatMap(({ leftOut }) => leftOut);
  }

  private async filesOf(folder: string): Promise<readonly string[]> {
    try {
      const listing = await listFolder(folder);
      this.listings.set(folder, listing);
    } catch (error) {
      this.onTrouble(folder, error);
    }
    return this.listings.get(folder)?.files ?? [];
  }
}

/** The file under a name, or under a link to it; undefined where there is none. */
export async function foundAt(path: string): Promise<Found | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  if (info?.isFile() !== true) return undefined;
  return { path, inode: `${String(info.dev)}:${String(info.ino)}`, size: Number(info.size) };
}
