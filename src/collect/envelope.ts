/**
 * What records come wrapped in: syslog around JSON, logs of containers, answers of a search, exports,
 * shippers that pass lines on as text. The one place where they are unwrapped.
 */

/** A part of what a container wrote at once, in a line of its log. */
export interface Part {
  readonly text: string;
  /** More of the same text follows in a later line. */
  readonly isPartial: boolean;
  /** What the container wrote it to: parts of different streams come mixed. */
  readonly stream: string;
}

/** What is in a wrapper: a record, or text that is to be read like a line. */
export type Content =
  | { readonly record: unknown }
  | { readonly line: string }
  | { readonly part: Part }
  /** Text of which a record may be made, or not. */
  | { readonly passedOn: string };

type Fields = Readonly<Record<string, unknown>>;

const TIME =
  '(?:[A-Z][a-z]{2}\\s{1,2}\\d{1,2}(?: \\d{4})? \\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?|\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}[^\\s{]*)';
/** RFC 5424: host, program, process id, message id and data elements stand before the message. */
const RFC_5424 = new RegExp(
  `^(?:<\\d{1,3}>)?1 (?:${TIME}|-)(?: [^\\s{]+){4} (?:-|(?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+)\\s*\\uFEFF?\\s*(?:@cee:\\s*)?(?=\\{)`,
);
/** RFC 3164, as strict as writers are: a priority or a time, then at most host and program. */
const RFC_3164 = new RegExp(
  `^(?:<\\d{1,3}>\\s*(?:${TIME}\\s+)?|${TIME}\\s+|(?=@cee:))(?:[^\\s{]+\\s+){0,2}(?:@cee:\\s*)?(?=\\{)`,
);
/** Longest header of syslog that is looked for. */
const MAX_HEADER = 2048;

/**
 * The JSON that is the whole message of a syslog line; undefined where the message is something else. A
 * brace further on in a message says nothing: a stranger may have put it there.
 */
export function jsonInSyslog(line: string): string | undefined {
  const brace = line.indexOf('{');
  if (brace <= 0 || brace > MAX_HEADER) return undefined;
  const header = (RFC_5424.exec(line) ?? RFC_3164.exec(line))?.[0];
  return header === undefined ? undefined : line.slice(header.length);
}

/** A line of a container's log as the Container Runtime Interface has it: `TIME stdout F text`. */
const CRI = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S* (stdout|stderr) ([FP]) (.*)$/s;

/** What a container wrote, of a line of its log; undefined where the line is none. */
export function partOfCri(line: string): Part | undefined {
  const match = CRI.exec(line);
  if (!match) return undefined;
  const [, stream = '', tag = '', text = ''] = match;
  return { text, isPartial: tag === 'P', stream };
}

/** What is in a JSON record that is a wrapper; undefined where it is none. */
export function contentOf(record: object): Content | undefined {
  const fields = record as Fields;
  return (
    ofSearchHit(fields) ?? ofDocker(fields) ?? ofJournal(fields) ?? ofSplunk(fields) ?? ofShipper(fields)
  );
}

/** A hit as search answers and elasticdump write it. */
function ofSearchHit({ _source, _index, fields }: Fields): Content | undefined {
  if (_source !== undefined) return { record: _source };
  return _index !== undefined && typeof fields === 'object' ? { record: fields } : undefined;
}

/** Docker's `{"log":"text\n","stream":"stdout","time":…}`, also with what shippers add. */
function ofDocker({ log, stream }: Fields): Content | undefined {
  if (typeof log !== 'string' || typeof stream !== 'string') return undefined;
  const isPartial = !log.endsWith('\n');
  return { part: { text: isPartial ? log : log.slice(0, -1), isPartial, stream } };
}

/** An entry of systemd's journal as `journalctl -o json` has it, as the line that it would be. */
function ofJournal(fields: Fields): Content | undefined {
  const { MESSAGE, __REALTIME_TIMESTAMP: time } = fields;
  if (MESSAGE === undefined || time === undefined) return undefined;
  const message = journalText(MESSAGE).replaceAll('\n', ' ');
  const ms = Number(time) / 1000;
  const iso = Math.abs(ms) <= MAX_TIME_MS ? new Date(ms).toISOString() : '-';
  const word = (name: string): string => journalText(fields[name]).replace(/[\s:[\]{]+/g, '_');
  const program = word('SYSLOG_IDENTIFIER') || word('_COMM') || '-';
  const id = word('_PID') || word('SYSLOG_PID');
  return { line: `${iso} ${word('_HOSTNAME') || '-'} ${program}${id === '' ? '' : `[${id}]`}: ${message}` };
}

const MAX_TIME_MS = 8.64e15;

/** What is no text comes as its bytes; of several values the first counts. */
function journalText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  const values = value as readonly unknown[];
  if (typeof values[0] === 'string') return values[0];
  return values.every((byte) => typeof byte === 'number') ? Buffer.from(values).toString('utf8') : '';
}

/** A row of a Splunk export. */
function ofSplunk({ result }: Fields): Content | undefined {
  if (typeof result !== 'object' || result === null || !('_raw' in result)) return undefined;
  return typeof result._raw === 'string' ? { line: result._raw } : undefined;
}

/** What only a shipper that understood a line writes. */
const UNDERSTOOD = ['event.module', 'event.category', 'source', 'destination', 'client', 'source.ip'];

/** A document of a shipper that passed a line on as text, without a module that reads it. */
function ofShipper(fields: Fields): Content | undefined {
  const { message, event } = fields;
  if (typeof message !== 'string' || fields['@timestamp'] === undefined) return undefined;
  if (UNDERSTOOD.some((name) => name in fields)) return undefined;
  if (typeof event === 'object' && event !== null && ('module' in event || 'category' in event))
    return undefined;
  return { passedOn: message };
}
