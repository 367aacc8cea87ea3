/**
 * What records are, from what they look like; their files' names only break ties.
 */
import { basename } from 'node:path';
import type { RecordFormat } from '../domain/raw.js';

const ZEEK_TYPES = new Set([
  'analyzer',
  'conn',
  'dce_rpc',
  'dhcp',
  'dns',
  'files',
  'ftp',
  'http',
  'intel',
  'kerberos',
  'known_hosts',
  'known_services',
  'modbus',
  'notice',
  'ntlm',
  'ntp',
  'rdp',
  'sip',
  'smb_files',
  'smb_mapping',
  'smtp',
  'snmp',
  'software',
  'ssh',
  'ssl',
  'syslog',
  'tunnel',
  'weird',
  'x509',
]);

/** Ends of names of logs that say again what another log says. */
const COPIES = new Set(['long', 'red', 'agg', 'summary']);

/** Type of a Zeek log in its file name: `conn` of `conn.2024-04-19.log.gz`, `conn_long` of `conn_long.log`. */
export function zeekTypeOfName(file: string): string | undefined {
  const words = basename(file)
    .toLowerCase()
    .split(/[.\-_ ]/);
  const copy = words.findIndex((word, i) => COPIES.has(word) && ZEEK_TYPES.has(words[i - 1] ?? ''));
  if (copy > 0) return `${words[copy - 1]!}_${words[copy]!}`;
  const pairs = words.slice(1).map((word, i) => `${words[i]!}_${word}`);
  return [...pairs, ...words].find((word) => ZEEK_TYPES.has(word));
}

const SYSLOG =
  /^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2}\s+\d{1,2} \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S*) /;

/** Whether a line begins as syslog does: RFC 3164, RFC 5424, or rsyslog's with an ISO time. */
export function isSyslog(line: string): boolean {
  return SYSLOG.test(line);
}

/** Delimiter of a line of Zeek field names; undefined where it is none. */
export function delimiterOf(line: string): string | undefined {
  return ['|', '\t', ','].find((delimiter) => {
    const names = line.split(delimiter);
    return names.includes('ts') && names.includes('uid');
  });
}

/** The first key of an object whose value is an array of records: `{"events":[`. */
export const WRAPPER = /^\s*\{\s*"[^"\\]*"\s*:\s*\[(?=\s*(?:\{|null\b|\]\s*\}\s*$|$))/;
/** The hits of an answer of Elasticsearch's search: `{"took":5,…,"hits":{"total":…,"hits":[`. */
export const SEARCH_ANSWER =
  /\{\s*"(?:took|timed_out|_scroll_id|pit_id|_shards|hits|is_partial)"[^]{0,4000}?"hits"\s*:\s*\[/;
const SNIFFED_LINES = 50;

/**
 * Whether a file is JSON that is not one record a line: an array, an object that holds one, or
 * objects printed over several lines.
 * @param head the beginning of the file
 */
export function isDocument(head: string): boolean {
  const text = head.trimStart();
  if (text.startsWith('[')) return true;
  if (!text.startsWith('{')) return false;
  const [first = '', ...rest] = text.split('\n', SNIFFED_LINES);
  const record = objectOf(first);
  if (record && formatOf(record) !== undefined) return false;
  if (WRAPPER.test(text) || startsAsAnswer(text)) return true;
  // A broken line among good ones is one record a line all the same.
  return !record && rest.length > 0 && !rest.some((line) => line.startsWith('{') && objectOf(line));
}

/** Whether a text begins with an answer of a search. */
function startsAsAnswer(text: string): boolean {
  return SEARCH_ANSWER.exec(text)?.index === 0;
}

function objectOf(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** Format of a JSON record; undefined where it is none that is known. */
export function formatOf(record: object): RecordFormat | undefined {
  if ('ts' in record) return 'zeek';
  if ('event_type' in record && ('timestamp' in record || 'flow_id' in record)) return 'eve';
  if ('id.orig_h' in record || 'id_orig_h' in record || '_path' in record || '@stream' in record)
    return 'zeek';
  return ECS_KEYS.some((key) => key in record) ? 'ecs' : undefined;
}

/** A document without any of these is not ECS, or says nothing of an event. */
const ECS_KEYS = ['@timestamp', 'event', 'ecs', 'ecs.version', 'event.kind', 'event.dataset', 'event.module'];
