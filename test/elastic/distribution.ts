/**
 * The official test distribution of Elasticsearch: fetched once with Maven, kept outside the checkout.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Versions that are tried: the oldest and the newest major that the client speaks to. */
export type ElasticsearchVersion = '8.19.9' | '9.1.5';

/** Oldest Java that a version runs on. */
const JAVA: Readonly<Record<ElasticsearchVersion, number>> = { '8.19.9': 17, '9.1.5': 21 };
const JDK_FOLDERS = ['/usr/lib/jvm', '/usr/java', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** Something that the machine lacks. */
export class NotInstalled extends Error {}

/**
 * What keeps the version from being started here, if anything.
 * Whether the download will succeed is not known before it is tried.
 */
export function obstacleTo(version: ElasticsearchVersion): string | undefined {
  try {
    javaHomeFor(version);
  } catch (error) {
    return firstLine(error);
  }
  const cached = [`elasticsearch-${version}`, `elasticsearch-${version}.zip`];
  if (cached.some((name) => existsSync(join(cacheFolder(), name)))) return undefined;
  const missing = ['mvn', 'unzip'].filter((program) => !isOnPath(program));
  return missing.length === 0
    ? undefined
    : `Elasticsearch ${version} needs ${missing.join(' and ')} to be fetched`;
}

/** Outside every home for root, since the server runs as somebody else and must read it. */
function cacheFolder(): string {
  const cache = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache');
  return join(process.env.ELKHOUND_CACHE ?? join(cache, 'elkhound'), 'elasticsearch');
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Folder of the unpacked distribution; never written to. */
export function distributionOf(version: ElasticsearchVersion): string {
  const folder = cacheFolder();
  const home = join(folder, `elasticsearch-${version}`);
  if (existsSync(home)) return home;
  mkdirSync(folder, { recursive: true });
  const archive = download(version, folder);
  // Unpacked beside and moved: another run must never see half of it.
  const unpacked = mkdtempSync(join(folder, 'unpack-'));
  try {
    execFileSync('unzip', ['-q', archive, '-d', unpacked]);
    renameSync(join(unpacked, `elasticsearch-${version}`), home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
  return home;
}

function download(version: ElasticsearchVersion, folder: string): string {
  const archive = join(folder, `elasticsearch-${version}.zip`);
  if (existsSync(archive)) return archive;
  const partial = mkdtempSync(join(folder, 'download-'));
  const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${version}:zip`;
  try {
    execFileSync('mvn', ['-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`], {
      cwd: partial,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(join(partial, `elasticsearch-${version}.zip`), archive);
  } catch (error) {
    throw new NotInstalled(`Elasticsearch ${version} cannot be fetched with Maven: ${firstLine(error)}`);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return archive;
}

/** Home of a JDK that the version runs on: the oldest that is new enough. */
export function javaHomeFor(version: ElasticsearchVersion): string {
  const needed = JAVA[version];
  const known = [process.env.ES_JAVA_HOME, process.env.JAVA_HOME, ...JDK_FOLDERS.flatMap(homesIn)];
  const usable = [...new Set(known.filter((home) => home !== undefined).map(resolveHome))]
    .map((home) => ({ home, major: majorOf(home) }))
    .filter(({ major }) => major >= needed)
    .sort((a, b) => a.major - b.major);
  const [first] = usable;
  if (first === undefined)
    throw new NotInstalled(`Elasticsearch ${version} needs a Java ${String(needed)} or newer`);
  return first.home;
}

function homesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function resolveHome(home: string): string {
  return existsSync(home) ? realpathSync(home) : home;
}

/** Major version as the JDK itself notes it; 0 where there is no JDK. */
function majorOf(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(join(home, 'bin', 'java')) || !existsSync(release)) return 0;
  return Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
