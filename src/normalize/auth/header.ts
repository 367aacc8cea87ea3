/**
 * Headers of syslog lines: RFC 3164 without a year, BusyBox's with the facility behind the host, rsyslog's
 * with an ISO time, and RFC 5424 with its structured data.
 */

/** A line taken apart. */
export interface SyslogLine {
  /** Parts of a time without a year: month name, day, hour, minute, second. */
  readonly yearless?: readonly string[];
  /** A time with its date, as written. */
  readonly iso?: string;
  readonly host: string;
  /** Empty where the daemon of syslog itself says something, such as a mark. */
  readonly program: string;
  /** Empty where the line names none. */
  readonly pid: string;
  readonly text: string;
}

/** Priority and version, then a time without a year or an ISO time. */
const TIMED =
  /^(?:<\d{1,3}>)?(1 )?(?:([A-Z][a-z]{2})\s{1,9}(\d{1,2})\s{1,9}(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?|(\d{4}-\d{2}-\d{2}T\S{1,64}))\s{1,9}/;
/** Facility and level, which BusyBox writes before the program. */
const LEVEL =
  /^(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|security|local\d)\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug) +/;
/** Program and process id of RFC 3164: `sshd[123]: text`. */
const TAG = /^([^\s:[]{1,128})(?:\[(\d{1,10})\])?:\s{0,99}/;
/** What a syslog daemon says of itself, without a tag. */
const UNTAGGED = /^(?:last message repeated \d+ times|-- ?MARK ?--|--- last message repeated \d+ times ---)$/;
/** Host, program, process id and message id of RFC 5424. */
const FIELDS = /^(\S{1,255}) (\S{1,255}) (\S{1,128}) (\S{1,32}) (?=[-[])/;
const BYTE_ORDER_MARK = '\uFEFF';

/** Takes a line apart; undefined where its header or its structured data cannot be read. */
export function readHeader(line: string): SyslogLine | undefined {
  const timed = TIMED.exec(line);
  if (!timed) return undefined;
  const [all, version, month, day, hour, minute, second, iso] = timed;
  const rest = line.slice(all.length).trimEnd();
  const named = version === undefined ? (tagged(rest) ?? (iso && fielded(rest))) : fielded(rest);
  if (!named) return undefined;
  return iso === undefined
    ? { yearless: [month!, day!, hour!, minute!, second!], ...named }
    : { iso, ...named };
}

type Named = Pick<SyslogLine, 'host' | 'program' | 'pid' | 'text'>;

/** `host program[pid]: text` */
function tagged(rest: string): Named | undefined {
  const blank = rest.indexOf(' ');
  if (blank < 1) return undefined;
  const host = rest.slice(0, blank);
  const behind = rest.slice(blank).trimStart().replace(LEVEL, '');
  if (UNTAGGED.test(behind)) return { host, program: '', pid: '', text: behind };
  const tag = TAG.exec(behind);
  if (!tag) return undefined;
  const [all, program, pid = ''] = tag;
  return { host, program: program!, pid, text: behind.slice(all.length) };
}

/** `host program pid id [data][data] text` */
function fielded(rest: string): Named | undefined {
  const fields = FIELDS.exec(rest);
  if (!fields) return undefined;
  const [all, host, program, pid] = fields;
  const data = rest.slice(all.length);
  const end = endOfData(data);
  if (end === undefined) return undefined;
  const text = data.slice(end).trimStart();
  return {
    host: host!,
    program: program!,
    pid: pid === '-' ? '' : pid!,
    text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text,
  };
}

/** Where structured data ends: none (`-`), or elements side by side; undefined where it never ends. */
function endOfData(text: string): number | undefined {
  let at = text.startsWith('-') ? 1 : 0;
  while (at !== 1 && text[at] === '[') {
    const end = endOfElement(text, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return at === text.length || text[at] === ' ' ? at : undefined;
}

/** Behind the bracket that closes an element; within quotes brackets are text, and a backslash escapes. */
function endOfElement(text: string, start: number): number | undefined {
  let isQuoted = false;
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && isQuoted) at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ']' && !isQuoted) return at + 1;
  }
  return undefined;
}
