/**
 * Messages of sudo and su: privileges used, and refused.
 */
import { failure, message, type Told } from './message.js';

const ATTEMPTS = /^(\d{1,4}) incorrect password attempts?$/;
/** `alice : TTY=…` names who, and what sudo says of each part. */
const PART = /^(?:TTY|PWD|USER|COMMAND|HOST)=/;

/** `alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh` */
export function readSudo(text: string): Told {
  const colon = text.indexOf(' : ');
  if (colon < 1) return undefined;
  const user = text.slice(0, colon).trim();
  const parts = text.slice(colon + ' : '.length).split(' ; ', 8);
  const [first = ''] = parts;
  if (!parts.some((part) => PART.test(part))) return undefined;
  if (PART.test(first)) return message({ user, service: 'sudo', isPrivilege: true });
  return failure({ user, service: 'sudo', failures: Math.max(1, Number(ATTEMPTS.exec(first)?.[1] ?? 1)) });
}

/** Ways to say that someone (`by`) became another: those of shadow, of util-linux, and of BSD. */
const SWITCHED: readonly RegExp[] = [
  /^Successful su for \S{1,64} by (?<by>\S{1,64})$/,
  /^\+ \S{1,64} (?<by>[^\s:]{1,64})[:-]\S{1,64}$/,
  /^\(to \S{1,64}\) (?<by>\S{1,64}) on \S{1,64}$/,
  /^(?<by>\S{1,64}) to \S{1,64} on \S{1,64}$/,
];
const REFUSED: readonly RegExp[] = [
  /^FAILED su for \S{1,64} by (?<by>\S{1,64})$/,
  /^FAILED SU \(to \S{1,64}\) (?<by>\S{1,64}) on \S{1,64}$/,
  /^BAD SU (?<by>\S{1,64}) to \S{1,64} on \S{1,64}$/,
  /^- \S{1,64} (?<by>[^\s:]{1,64})[:-]\S{1,64}$/,
];

/** `Successful su for root by alice`, `FAILED SU (to root) alice on pts/0` */
export function readSu(text: string): Told {
  const user = byWhom(SWITCHED, text);
  if (user !== undefined) return message({ user, service: 'su', isPrivilege: true });
  const refused = byWhom(REFUSED, text);
  return refused === undefined ? undefined : failure({ user: refused, service: 'su' });
}

function byWhom(patterns: readonly RegExp[], text: string): string | undefined {
  for (const pattern of patterns) {
    const by = pattern.exec(text)?.groups?.by;
    if (by !== undefined) return by;
  }
  return undefined;
}
