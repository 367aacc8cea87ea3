/**
 * What share of what was read was understood, in sentences: "nothing strange" is only said of what was.
 */
import { addCoverage, emptyCoverage, total, type SourceCoverage } from '../domain/coverage.js';

/** A file that could not be read, or not to its end. */
export interface Unread {
  readonly source: string;
  /** One sentence. */
  readonly reason: string;
}

/** How much of the input was understood. */
export interface Understanding {
  readonly read: number;
  /** Records that became events, repeat others, or were left out by rule. */
  readonly understood: number;
  /** Instead of "Nothing strange", where that would say too much. */
  readonly headline: string | undefined;
  /** What was not understood, why, and what would help. */
  readonly notes: readonly string[];
  /** `Understood 1,234 of 1,250 records (98.7 %).` */
  readonly summary: string;
  /** All files were read, some record of each was understood, and most of all; an event came of it. */
  readonly isGood: boolean;
}

/** Below this share most of the input was not understood. */
const MOST = 0.5;
/** Reasons, and files, that are told; the others are counted in coverage. */
const TOLD = 3;

/** Sums up a scan. */
export function understandingOf(
  coverage: readonly SourceCoverage[],
  unread: readonly Unread[],
): Understanding {
  const all = emptyCoverage('all');
  for (const source of coverage) addCoverage(all, source);
  const { read } = all;
  const understood = read - total(all.quarantined);
  const isMost = understood >= MOST * read;
  const events = all.events + all.duplicates;
  const none = withoutEvent(coverage, unread);
  const strange = coverage.some((source) => source.read > 0 && source.read === total(source.quarantined));
  return {
    read,
    understood,
    headline: events === 0 ? nothing(all, coverage, unread) : isMost ? undefined : little(understood, read),
    notes: [
      ...unread.map(({ source, reason }) => `Not read: "${source}": ${reason}`),
      ...(events > 0 && none.length > 0 ? [`No event came of ${listed(none)}.`] : []),
      ...(events === 0 || !isMost || strange ? remedies(all) : []),
    ],
    summary: summaryOf(understood, read),
    isGood: events > 0 && isMost && !strange && unread.length === 0,
  };
}

function withoutEvent(coverage: readonly SourceCoverage[], unread: readonly Unread[]): string[] {
  const told = new Set(unread.map(({ source }) => source));
  return coverage
    .filter(({ source, events, duplicates }) => events + duplicates === 0 && !told.has(source))
    .map(({ source, read, filtered, quarantined }) =>
      read === 0 ? `"${source}" (empty)` : `"${source}" (${reasonsText({ ...filtered, ...quarantined })})`,
    );
}

function nothing(
  all: SourceCoverage,
  coverage: readonly SourceCoverage[],
  unread: readonly Unread[],
): string {
  if (all.read > 0) {
    return `No event came of what was read: of ${count(all.read, 'record')}, ${number(total(all.filtered))} were left out and ${number(total(all.quarantined))} could not be understood (${reasonsText({ ...all.filtered, ...all.quarantined })}). Whether anything is strange cannot be said.`;
  }
  const names = coverage.map(({ source }) => `"${source}"`);
  if (names.length === 0) return 'Nothing was read: there is no file.';
  if (unread.length > 0) return 'Nothing was read.';
  return `Nothing was read: ${listed(names)} ${names.length === 1 ? 'is' : 'are'} empty.`;
}

function little(understood: number, read: number): string {
  return `Most records could not be understood; nothing can be said of them. Nothing strange in the other ${number(understood)} of ${number(read)}.`;
}

function summaryOf(understood: number, read: number): string {
  if (read === 0) return 'There was no record to understand.';
  // Rounded down: 100 % means all of them.
  const percent = (Math.floor((understood * 1000) / read) / 10).toFixed(1);
  return `Understood ${number(understood)} of ${count(read, 'record')} (${percent} %).`;
}

/** What would help, by reason; the most frequent ones first. */
function remedies({ filtered, quarantined }: SourceCoverage): string[] {
  const known = sorted({ ...filtered, ...quarantined }).filter(([reason]) => REMEDIES.has(reason));
  return known.slice(0, TOLD).map(([reason]) => `${reason.replaceAll('_', ' ')}: ${REMEDIES.get(reason)!}`);
}

const IN_TABLES = 'in collect.tables';
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    'unsupported_type',
    'the records are of kinds that tell nothing of connections, names, requests, logins or alerts',
  ],
  ['no_network_activity', 'the lines tell nothing of logins; logs of sshd, sudo, su and PAM do'],
  ['loopback', 'normalize.ignore.loopback leaves these out'],
  ['allowed_network', 'normalize.ignore.networks leaves these out'],
  ['allowed_port', 'normalize.ignore.ports leaves these out'],
  ['allowed_domain', 'normalize.ignore.domains leaves these out'],
  [
    'no_time',
    `no time could be read; of a table, map a column to @timestamp ${IN_TABLES}, with its unit or the order of its dates`,
  ],
  ['bad_json', 'is the file cut off, or does it hold several lines a record?'],
  ['unknown_record', `nothing says what the records are; of a table, map its columns ${IN_TABLES}`],
  ['bad_columns', `lines do not fit the header; of a table, is the delimiter ${IN_TABLES} right?`],
  ['bad_syslog', 'the header of the lines is not that of syslog, or in another language than English'],
  ['bad_address', 'addresses must be IP addresses; names belong to other fields'],
  ['line_too_long', 'collect.maxLineBytes says how long a line may be'],
  ['truncated_gzip', 'the file breaks off: is it still being written, or was it copied in part?'],
  ['damaged_gzip', 'the file is damaged: copy it again'],
]);

/** `10 unsupported type, 2 bad json`, the most frequent first. */
function reasonsText(counts: Readonly<Partial<Record<string, number>>>): string {
  return sorted(counts)
    .map(([reason, one]) => `${number(one)} ${reason.replaceAll('_', ' ')}`)
    .join(', ');
}

function sorted(counts: Readonly<Partial<Record<string, number>>>): [reason: string, count: number][] {
  return Object.entries(counts)
    .map(([reason, one = 0]): [string, number] => [reason, one])
    .sort(([, a], [, b]) => b - a);
}

function listed(items: readonly string[]): string {
  const more = items.length - TOLD;
  return `${items.slice(0, TOLD).join(', ')}${more > 0 ? ` and ${number(more)} more` : ''}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}
