/**
 * Lines of sshd, sudo, su and PAM: RFC 3164 without a year, rsyslog's form with an ISO time, RFC 5424.
 */
import { EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { NO_ACTIVITY, NO_TIME, unusable, type Draft, type Refusal } from './draft.js';
import { timeOf, type WallClock } from './time.js';

/** Priority and version, then a time without a year or an ISO time, then the rest. */
const TIMED =
  /^(?:<\d{1,3}>)?(?:1 )?(?:([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})|(\d{4}-\d{2}-\d{2}T\S+))\s+(.*)$/;
/** Host, program and process id of RFC 3164: `host sshd[123]: text`. */
const TAGGED = /^(\S+)\s+([^\s:[]+)(?:\[(\d+)\])?:\s*(.*)$/;
/** And of RFC 5424: `host sshd 123 - [data] text`. */
const FIELDED = /^(\S+) (\S+) (\S+) \S+ (?:-|\[.*?\]) ?(?:\uFEFF)?(.*)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const REPEATED = /^message repeated (\d+) times: \[ ?(.*?)\]$/;
const DAY_MS = 86_400_000;

/** What a message says, tried in order. */
const PATTERNS: readonly (readonly [RegExp, (match: RegExpExecArray, draft: Draft) => void])[] = [
  [/^Failed (\S+) for (invalid user )?(.*?) from (\S+) port (\d+)/, failed],
  [/^Accepted (\S+) for (.*?) from (\S+) port (\d+)/, accepted],
  [/^(?:Invalid|Illegal) user (.*?) from (\S+)(?: port (\d+))?/, invalidUser],
  [/^pam_unix\([^)]*\): authentication failure;.*?(?:rhost=(\S*))?(?:\s+user=(\S+))?\s*$/, pamFailure],
  [
    /^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(.*?) from (\S+) port (\d+)/,
    exceeded,
  ],
  [
    /^(?:Connection (?:closed|reset) by|Received disconnect from|Disconnected from)(?: (?:authenticating|invalid) user (\S*))? (\d[\d.]+|[0-9a-f:]*:[0-9a-f:]+)(?: port (\d+))?/,
    touched,
  ],
  [/^Did not receive identification string from (\S+)(?: port (\d+))?/, probed],
  [/^reverse mapping checking getaddrinfo for \S+ \[?([^\]\s]+)\]? failed/, probed],
  [/^\s*(\S+) : .*\bCOMMAND=(.*)$/, sudo],
  [/^(?:Successful su for|\+ \S+) (\S+) by (\S+)$/, switched],
];

function login(draft: Draft, user: string, source: string, port: string | undefined): void {
  draft.kind = EventKind.auth;
  draft.user = user;
  draft.source = source;
  draft.sourcePort = port === undefined ? -1 : Number(port);
  draft.destinationPort = 22;
  draft.transport = Transport.tcp;
  draft.service = 'ssh';
}

function failed([, , invalid, user = '', source = '', port]: RegExpExecArray, draft: Draft): void {
  login(draft, user, source, port);
  draft.outcome = Outcome.failure;
  draft.authFailures = 1;
  if (invalid !== undefined) draft.flags |= Flag.invalidUser;
}

function accepted([, , user = '', source = '', port]: RegExpExecArray, draft: Draft): void {
  login(draft, user, source, port);
  draft.outcome = Outcome.success;
}

/** Says only that the name does not exist; the failure, if there is one, has a line of its own. */
function invalidUser([, user = '', source = '', port]: RegExpExecArray, draft: Draft): void {
  touched([undefined, user, source, port] as unknown as RegExpExecArray, draft);
  draft.flags |= Flag.invalidUser;
}

/** Repeats the failure that sshd reports itself. */
function pamFailure([, source = '', user = '']: RegExpExecArray, draft: Draft): void {
  touched([undefined, user, source, undefined] as unknown as RegExpExecArray, draft);
}

function exceeded([, user = '', source = '', port]: RegExpExecArray, draft: Draft): void {
  failed([undefined, undefined, undefined, user, source, port] as unknown as RegExpExecArray, draft);
}

/** An exchange on the SSH port that is no login attempt of its own. */
function touched([, user = '', source = '', port]: RegExpExecArray, draft: Draft): void {
  login(draft, user, source, port);
  draft.kind = EventKind.other;
}

function probed([, source = '', port]: RegExpExecArray, draft: Draft): void {
  touched([undefined, '', source, port] as unknown as RegExpExecArray, draft);
}

function sudo([, user = '', command = '']: RegExpExecArray, draft: Draft): void {
  draft.kind = EventKind.auth;
  draft.user = user;
  draft.service = 'sudo';
  draft.flags |= Flag.privilege;
  draft.addDetail(command);
}

function switched([, , user = '']: RegExpExecArray, draft: Draft): void {
  draft.kind = EventKind.auth;
  draft.user = user;
  draft.service = 'su';
  draft.flags |= Flag.privilege;
}

/**
 * Reads a line.
 * @param referenceMs the newest time that a line without a year can have
 * @param clock of the zone that the line is written in, where it names none
 */
export function readAuthLine(
  line: string,
  draft: Draft,
  referenceMs: number,
  clock: WallClock,
): Refusal | undefined {
  const timed = TIMED.exec(line);
  if (!timed) return BAD_SYSLOG;
  const [, month, day, hour, minute, second, iso, rest = ''] = timed;
  const time =
    iso === undefined
      ? yearlessTime([MONTHS.indexOf(month ?? ''), day, hour, minute, second].map(Number), referenceMs, clock)
      : Math.floor(timeOf(iso, clock));
  if (Number.isNaN(time)) return NO_TIME;
  const header = TAGGED.exec(rest) ?? FIELDED.exec(rest);
  if (!header) return NO_ACTIVITY;
  const [, host = '', program = '', pid = '', text = ''] = header;
  const repeated = REPEATED.exec(text);
  const message = repeated?.[2] ?? text;
  for (const [pattern, read] of PATTERNS) {
    const match = pattern.exec(message);
    if (!match) continue;
    read(match, draft);
    draft.authFailures = Math.min(65_535, draft.authFailures * Number(repeated?.[1] ?? 1));
    draft.startMs = draft.endMs = time;
    draft.destination = host;
    draft.observer = host;
    draft.addDetail(`${program} ${pid} ${text}`);
    return undefined;
  }
  return NO_ACTIVITY;
}

const BAD_SYSLOG = unusable('bad_syslog');

/** The latest time of that date and hour that is not after the reference, give or take a day. */
function yearlessTime(parts: readonly number[], referenceMs: number, clock: WallClock): number {
  const [month = -1, day = 0, hour = 0, minute = 0, second = 0] = parts;
  if (month < 0 || day < 1 || day > 31 || hour > 23) return NaN;
  for (let year = new Date(referenceMs).getUTCFullYear() + 1; ; year--) {
    const time = clock.toUtc(Date.UTC(year, month, day, hour, minute, second));
    // 29 February exists only in some years.
    const exists = new Date(Date.UTC(year, month, day)).getUTCMonth() === month;
    if (exists && time <= referenceMs + DAY_MS) return time;
    if (referenceMs - time > 9 * 366 * DAY_MS) return NaN;
  }
}
