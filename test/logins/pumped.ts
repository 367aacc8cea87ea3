/**
 * Lines that make a careless pattern go through them again and again: those that once held a worker for minutes,
 * and good lines with a piece of text repeated within them.
 */
import { HEADERS, LOGIN_LINES } from './lines.js';

/** Of both readers, in characters. */
export const MAX_LINE = 8192;

const AT = '<86>Nov 14 22:13:20 web ';
const SYSLOG = '<134>1 2026-11-14T22:13:20Z web ';

/** Beginning, what is repeated, end. */
const WORST: readonly (readonly [string, string, string])[] = [
  [`${AT}sshd[1]: pam_unix(sshd:auth): authentication failure;`, ' ', 'x'],
  [`${AT}sshd[1]: pam_unix(sshd:auth): authentication failure; `, ' rhost=', ' x y'],
  [`${AT}auth[1]: pam_unix(x:auth): authentication failure; ruser=a`, ' rhost=1 user=a', ' y'],
  [`${AT}sudo: ann : TTY=pts/0 ; PWD=`, ' ; USER=', ''],
  [`${AT}sudo: ann : TTY=pts/0 ; PWD=`, ' ; USER= ; GROUP=', ''],
  [`${AT}sudo: u : `, 'COMMAND', ''],
  [`${AT}sshd[1]: Failed password for `, ' from x', ''],
  [`${AT}sshd[1]: Failed password for `, ' from 1.2.3.4 port 1 ssh2: RSA-CERT a ID ', '\u0001'],
  [`${AT}sshd[1]: Invalid user `, ' from', ''],
  [`${AT}sshd[1]: message repeated 5 times: [ `, ']', 'x'],
  [`${AT}sshd[1]: Connection closed by `, '1.', 'x'],
  [`${AT}sshd[1]: Connection closed by invalid user `, ' 1 port 1', ' x'],
  [`${AT}sshd[1]: reverse mapping checking getaddrinfo for `, 'a', ''],
  [`${AT}sshd[1]: error: PAM: `, ' for a', ' from'],
  [`${AT}su[1]: + `, 'a:', ' '],
  [`${SYSLOG}sshd 1 - `, '[', ''],
  [`${SYSLOG}sshd 1 - [a b="`, '\\"', ''],
  [`${SYSLOG}sshd 1 - `, '[a b="c"]', 'x'],
  ['<164>Mar 12 2026 09:15:42: %ASA-4-106023: Deny tcp src outside:1.2.3.4/1 dst inside:', 'a', ''],
  ['<164>Mar 12 2026 09:15:42: %ASA-4-106016: ', 'Deny from ', ''],
  ['<164>Mar 12 2026 09:15:42: %ASA-5-304001: ', 'a@a(', ''],
  [
    '<164>Mar 12 2026 09:15:42: %ASA-6-302013: Built inbound TCP connection 1 for a:1.1.1.1/1 (1.1.1.1/1)(D\\',
    'a',
    '',
  ],
  [`${SYSLOG}CheckPoint 1 - [action:"Accept"; src:"1.2.3.4"; `, 'x', ''],
  [`${SYSLOG}CheckPoint 1 - [action:"Drop"; rule_name:"x\\" `, 'a', ''],
  ['', ' ', '<46>1 2026-03-12T09:15:42.1Z web CylancePROTECT - - - Event Type: x'],
  ['<33>Mar 12 09:15:42 h snort[1]: [1:2:3] ', '"[**] ', ''],
];

const PIECES: readonly string[] = [
  ...Array.from(' a0",;=:./()[]-<>{}\\'),
  'a ',
  ' from 1.2.3.4 port 1',
  ' ssh2',
  ': RSA SHA256:a',
  ' user=',
  ' rhost=',
  ' ; ',
  ' : ',
  ' user a 1.2.3.4 port 1',
];

/** Lines of just the length that is still read. */
export function pumpedLines(length = MAX_LINE): string[] {
  const worst = WORST.map(([begin, piece, end]) => pumped(begin, piece, end, length));
  const good = LOGIN_LINES.map((line) => HEADERS['RFC 3164']!(line));
  const spoiled = good.flatMap((line, i) => {
    const begin = line.indexOf(': ') + 2;
    const at = begin + Math.floor(((line.length - begin) * (i % 5)) / 4);
    return PIECES.map((piece) => pumped(line.slice(0, at), piece, `${line.slice(at)}\u0001`, length));
  });
  return [...worst, ...spoiled];
}

function pumped(begin: string, piece: string, end: string, length: number): string {
  const times = Math.max(0, Math.floor((length - begin.length - end.length) / piece.length));
  return begin + piece.repeat(times) + end;
}
