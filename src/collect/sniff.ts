/**
 * What kind of log a file is, from its first lines and its name.
 */
import { basename } from 'node:path';
import type { RecordFormat } from '../domain/raw.js';

/** How the records of a file are laid out. */
export type Layout = 'lines' | 'zeek_table' | 'auth' | 'json_document' | 'table';

/** Type of a Zeek log in its file name: `conn` of `conn.2024-04-19.log.gz`. */
export function pathOfName(file: string): string | undefined {
  const words = basename(file)
    .toLowerCase()
    .split(/[.\-_ ]/);
  return words.find((word) => ZEEK_TYPES.has(word)) ?? joined(words);
}

const ZEEK_TYPES = new Set([
  'conn',
  'dns',
  'http',
  'ssl',
  'ssh',
  'rdp',
  'notice',
  'weird',
  'sip',
  'smtp',
  'ftp',
  'tunnel',
  'ntlm',
  'kerberos',
  'dhcp',
  'files',
  'software',
  'x509',
  'intel',
  'modbus',
  'snmp',
  'ntp',
  'syslog',
  'analyzer',
]);
const ZEEK_COMPOUND = new Set(['dce_rpc', 'smb_files', 'smb_mapping', 'known_services', 'known_hosts']);

function joined(words: readonly string[]): string | undefined {
  for (let i = 1; i < words.length; i++) {
    const name = `${words[i - 1]!}_${words[i]!}`;
    if (ZEEK_COMPOUND.has(name)) return name;
  }
  return undefined;
}

const SYSLOG =
  /^(<\d+>)?([A-Z][a-z]{2}\s+\d{1,2} \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})?) \S+ \S+:/;

/** Layout of a file from its first lines that are not blank; undefined where nothing fits. */
export function layoutOf(lines: readonly string[]): Layout | undefined {
  const [first = ''] = lines;
  if (first.startsWith('#separator') || first.startsWith('#fields')) return 'zeek_table';
  const trimmed = first.trimStart();
  if (trimmed.startsWith('[') && !SYSLOG.test(first)) return 'json_document';
  if (trimmed.startsWith('{')) return isJson(trimmed) ? 'lines' : 'json_document';
  if (delimiterOf(first) !== undefined) return 'zeek_table';
  if (lines.some((line) => SYSLOG.test(line))) return 'auth';
  return lines.some((line) => line.startsWith('{') && isJson(line)) ? 'lines' : undefined;
}

/** Delimiter of a line of Zeek field names; undefined where it is none. */
export function delimiterOf(line: string): string | undefined {
  return ['|', '\t', ','].find((delimiter) => {
    const names = line.split(delimiter);
    return names.includes('ts') && names.includes('uid');
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Format of a JSON record. */
export function formatOf(record: unknown): RecordFormat {
  if (record === null || typeof record !== 'object') return 'ecs';
  if ('event_type' in record && 'timestamp' in record) return 'eve';
  if ('@timestamp' in record && !('id.orig_h' in record || 'id_orig_h' in record)) return 'ecs';
  if ('ts' in record || '_path' in record || '@stream' in record) return 'zeek';
  return 'ecs';
}
