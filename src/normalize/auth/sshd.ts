/**
 * Messages of sshd. A user name is whatever a stranger typed, blanks and ` from 192.0.2.1 port 22` included:
 * the end that sshd itself wrote is the last one, and nothing but sshd's own words stands behind it.
 */
import { Outcome } from '../../domain/events.js';
import { failure, isHost, message, UNREADABLE, Witness, type Told } from './message.js';

const SSH = { service: 'ssh' } as const;
/** A key as sshd writes it behind the end; the id of a certificate is again what somebody chose. */
const KEY = String.raw`: [\w-]+ [\w:+/=-]+(?: ID .* \(serial \d+\) CA [\w-]+ [\w:+/=-]+|, client user ".*", client host ".*")?`;
const PREAUTH = String.raw`(?: \[preauth\])?`;
/** The end of a failure, with protocol and key. */
const FAILED_END = new RegExp(String.raw` from (\S+) port (\d{1,5})(?: ssh\d(?:${KEY})?)?${PREAUTH}$`, 'y');
const NAMED_END = new RegExp(String.raw` from (\S+)(?: port (\d{1,5}))?${PREAUTH}$`, 'y');
const PAM_END = / from (\S+)(?: via \S+)?$/y;

/** How a line begins that blames a name, how it ends, and what it is a witness of. */
const BLAMED: readonly (readonly [RegExp, RegExp, number])[] = [
  [/^Failed \S{1,64} for ((?:invalid|illegal) user )?/, FAILED_END, Witness.attempt],
  [/^((?:Invalid|Illegal) user )/, NAMED_END, Witness.name],
  [
    /^(?:error: )?maximum authentication attempts exceeded for ((?:invalid|illegal) user )?/,
    FAILED_END,
    Witness.end,
  ],
  [/^error: PAM: [^;]{1,80}? for (?!service )((?:invalid|illegal) user )?/, PAM_END, Witness.module],
];
const ACCEPTED = /^Accepted \S{1,64} for (.{0,256}?) from (\S+) port (\d{1,5})(?: |$)/;
const REFUSED = ' not allowed because ';
const ENDED =
  /^(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting)(?: (authenticating|invalid))? /;
const USER_END = /^user (.*) (\S+) port (\d{1,5})(?::.*)?$/;
const HOST_END = /^(\S+?)(?: port (\d{1,5}))?(?:: .*)?$/;
const BEFORE = ' [preauth]';
/** Exchanges that name nobody; what a client says as it leaves stands behind its address. */
const TOUCHED: readonly RegExp[] = [
  /^(?:error: )?Received disconnect from (\S+?)(?: port (\d{1,5}))?:/,
  /^Did not receive identification string from (\S+)(?: port (\d{1,5}))?/,
  /^reverse mapping checking getaddrinfo for \S+ \[?([^\]\s]+)\]? failed/,
];

/** Reads a message of sshd. */
export function readSshd(text: string): Told {
  return blamed(text) ?? accepted(text) ?? refused(text) ?? ended(text) ?? touched(text);
}

function blamed(text: string): Told {
  for (const [begin, end, witness] of BLAMED) {
    const head = begin.exec(text);
    if (!head) continue;
    const from = head[0].length;
    const found = lastEnd(text, from, end);
    if (!found) return UNREADABLE;
    const { at, source, port } = found;
    return failure({
      ...SSH,
      user: text.slice(from, at),
      source,
      port,
      witness,
      isUnknownUser: head[1] !== undefined,
    });
  }
  return undefined;
}

/** A name that logs in exists, so that no stranger has made it up; what follows the end may be of a certificate. */
function accepted(text: string): Told {
  if (!text.startsWith('Accepted ')) return undefined;
  const [, user, source, port] = ACCEPTED.exec(text) ?? [];
  if (user === undefined || !isHost(source!)) return /^Accepted \S+ for /.test(text) ? UNREADABLE : undefined;
  return message({ ...SSH, user, source: source!, port: Number(port), outcome: Outcome.success });
}

/** `User root from 192.0.2.1 not allowed because not listed in AllowUsers` */
function refused(text: string): Told {
  if (!text.startsWith('User ')) return undefined;
  const because = text.lastIndexOf(REFUSED);
  if (because < 0) return undefined;
  const named = text.slice(0, because);
  const end = lastEnd(named, 'User '.length - 1, NAMED_END);
  if (!end) return UNREADABLE;
  const user = named.slice('User '.length, Math.max(end.at, 'User '.length));
  return failure({ ...SSH, user, source: end.source, port: end.port, witness: Witness.name });
}

/** The end of a connection; before anybody has logged in it is the only line that some servers write. */
function ended(text: string): Told {
  const head = ENDED.exec(text);
  if (!head) return undefined;
  const [all, stage] = head;
  const isBefore = text.endsWith(BEFORE);
  const rest = text.slice(all.length, isBefore ? -BEFORE.length : undefined);
  const named = USER_END.exec(rest);
  const [user, source, port] = named ? named.slice(1) : ['', ...(HOST_END.exec(rest)?.slice(1) ?? [])];
  if (source === undefined || !isHost(source)) return undefined;
  const said = { ...SSH, user: user!, source, port: portOf(port) };
  // Of a name that does not exist another line has told already.
  if (stage === 'authenticating' && isBefore) return failure({ ...said, witness: Witness.end });
  return message({ ...said, isUnknownUser: stage === 'invalid' });
}

function touched(text: string): Told {
  for (const pattern of TOUCHED) {
    const [, source, port] = pattern.exec(text) ?? [];
    if (source !== undefined && isHost(source)) return message({ ...SSH, source, port: portOf(port) });
  }
  return undefined;
}

/** The last place behind `from` at which nothing but an end follows. */
function lastEnd(
  text: string,
  from: number,
  end: RegExp,
): { readonly at: number; readonly source: string; readonly port: number } | undefined {
  const first = Math.max(0, from - 1);
  for (let at = text.lastIndexOf(' from '); at >= first; at = text.lastIndexOf(' from ', at - 1)) {
    end.lastIndex = at;
    const [, source, port] = end.exec(text) ?? [];
    if (source !== undefined && isHost(source)) return { at, source, port: portOf(port) };
    if (at === 0) break;
  }
  return undefined;
}

function portOf(text: string | undefined): number {
  return text === undefined || Number(text) > 65_535 ? -1 : Number(text);
}
