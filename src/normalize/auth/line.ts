/**
 * Lines of auth logs: what sshd, sudo, su and PAM write of logins.
 */
import { EventKind, Flag, Transport } from '../../domain/events.js';
import { NO_ACTIVITY, NO_TIME, unusable, type Draft, type Refusal } from '../draft.js';
import { timeOf, type WallClock } from '../time.js';
import { readHeader, type SyslogLine } from './header.js';
import { UNREADABLE, Witness, type LoginMessage, type Told } from './message.js';
import { isSshd, readPam } from './pam.js';
import { readSu, readSudo } from './privilege.js';
import { readSshd } from './sshd.js';

/** Longest line that is read, in characters: no login needs as many, and a stranger may write what he likes. */
const MAX_LINE = 8192;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const REPEATED = /^message repeated (\d{1,6}) times: \[ ?/;
const DAY_MS = 86_400_000;
const SSH_PORT = 22;

/** Reads the lines of one log, in their order. */
export class AuthLines {
  /** Time that the lines in {@link seen} say. */
  private seenMs = NaN;
  /** By line, how often it has come with that time. */
  private readonly seen = new Map<string, number>();

  /**
   * @param referenceMs the newest time that a line without a year can have
   * @param clock of the zone that lines are written in, where they name none
   */
  constructor(
    private readonly referenceMs: number,
    private readonly clock: WallClock,
  ) {}

  /** Reads a line into the draft. */
  read(line: string, draft: Draft): Refusal | undefined {
    if (line.length > MAX_LINE) return TOO_LONG;
    const header = readHeader(line);
    if (!header) return BAD_SYSLOG;
    const time = this.timeOf(header);
    if (Number.isNaN(time)) return NO_TIME;
    const repeated = REPEATED.exec(header.text);
    const isWhole = repeated !== null && header.text.endsWith(']');
    const told = readMessage(
      isWhole ? header.text.slice(repeated[0].length, -1) : header.text,
      header.program,
    );
    if (told === undefined) return NO_ACTIVITY;
    if (told === UNREADABLE) return BAD_LOGIN;
    fill(draft, told, header, isWhole ? Number(repeated[1]) : 1);
    draft.startMs = draft.endMs = time;
    const times = this.timesBefore(line, time);
    if (times > 0) draft.addDetail(times);
    return undefined;
  }

  private timeOf({ iso, yearless }: SyslogLine): number {
    if (yearless === undefined) return Math.floor(timeOf(iso, this.clock));
    const [month = '', ...parts] = yearless;
    return yearlessTime([MONTHS.indexOf(month), ...parts.map(Number)], this.referenceMs, this.clock);
  }

  /**
   * How often the same line came before with the same time. Several guesses of one second are several
   * lines; a log that is read again comes after other times, and is a copy.
   */
  private timesBefore(line: string, time: number): number {
    if (time !== this.seenMs) {
      this.seen.clear();
      this.seenMs = time;
    }
    const times = this.seen.get(line) ?? 0;
    this.seen.set(line, times + 1);
    return times;
  }
}

/** Who may say what: a program's own words count for nothing in the mouth of another. */
function readMessage(text: string, program: string): Told {
  const told = readPam(text, program);
  if (told !== undefined) return told;
  if (isSshd(program)) return readSshd(text);
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'sudo') return readSudo(text);
  return name === 'su' || name === 'su-l' ? readSu(text) : undefined;
}

function fill(draft: Draft, told: LoginMessage, header: SyslogLine, times: number): void {
  const isTried = told.witness !== Witness.none && told.witness !== Witness.passed;
  const isLogin = isTried || told.outcome !== 0 || told.isPrivilege;
  draft.kind = isLogin ? EventKind.auth : EventKind.other;
  draft.user = told.user;
  draft.source = told.source;
  draft.sourcePort = told.port;
  draft.service = told.service;
  draft.outcome = told.outcome;
  draft.authFailures = Math.min(65_535, told.failures * times);
  draft.witness = told.witness;
  draft.process = header.pid;
  if (told.isUnknownUser) draft.flags |= Flag.invalidUser;
  if (told.isPrivilege) draft.flags |= Flag.privilege;
  if (told.service === 'ssh') {
    draft.destinationPort = SSH_PORT;
    draft.transport = Transport.tcp;
  }
  draft.destination = draft.observer = header.host;
  draft.addDetail(`${header.program} ${header.pid} ${header.text}`);
}

const BAD_SYSLOG = unusable('bad_syslog');
const BAD_LOGIN = unusable('bad_login');
const TOO_LONG = unusable('line_too_long');

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
