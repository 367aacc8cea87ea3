/**
 * What lines of auth logs mean: the one table that the reader of files and the Logstash script both have to pass.
 * Forged lines hold in a user name what sshd or PAM would have written of somebody else.
 */

/** What has to be read of a line. */
export interface Login {
  readonly user: string;
  /** Address or host name; empty for what happens at the host itself. */
  readonly source: string;
  /** Port of the source, -1 where the line names none. */
  readonly port: number;
  readonly service: string;
  /** `exchange`: traffic of a service for logins that is no login. */
  readonly outcome: 'success' | 'failure' | 'privilege' | 'exchange';
  /** Failed attempts. */
  readonly failures: number;
  /** What was offered, where the line says so. */
  readonly method?: string;
}

/** A line without its header, and what has to be read of it; undefined: nothing about logins. */
export interface LoginLine {
  readonly program: string;
  readonly text: string;
  readonly login: Login | undefined;
}

const ATTACKER = '203.0.113.66';

function ssh(text: string, login: Partial<Login>): LoginLine {
  return {
    program: 'sshd[4100]',
    text,
    login: {
      user: 'root',
      source: ATTACKER,
      port: 50000,
      service: 'ssh',
      outcome: 'failure',
      failures: login.outcome === undefined || login.outcome === 'failure' ? 1 : 0,
      ...login,
    },
  };
}

const FORGED = 'x from 10.0.0.9 port 22';
const FORGED_WHOLE = `${FORGED} ssh2`;
const SHA = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const exchange = { outcome: 'exchange' } as const;

const SSHD: readonly LoginLine[] = [
  ssh('Failed password for root from 203.0.113.66 port 50000 ssh2', { method: 'password' }),
  ssh('Failed password for invalid user admin from 203.0.113.66 port 50000 ssh2', { user: 'admin' }),
  ssh('Failed password for illegal user admin from 203.0.113.66 port 50000 ssh2', { user: 'admin' }),
  ssh('Failed none for invalid user  from 203.0.113.66 port 50000 ssh2', { user: '', method: 'none' }),
  ssh('Failed keyboard-interactive/pam for root from 203.0.113.66 port 50000 ssh2', {
    method: 'keyboard-interactive/pam',
  }),
  ssh(`Failed publickey for root from 203.0.113.66 port 50000 ssh2: RSA ${SHA}`, { method: 'publickey' }),
  ssh('Failed publickey for root from 203.0.113.66 port 50000 ssh2: DSA 43:51:43:a1:b5:fc:8b:b7', {}),
  ssh(`Failed password for invalid user ${FORGED} from 203.0.113.66 port 50000 ssh2`, { user: FORGED }),
  ssh(`Failed password for invalid user ${FORGED_WHOLE} from 203.0.113.66 port 50000 ssh2`, {
    user: FORGED_WHOLE,
  }),
  ssh(
    `Failed publickey for invalid user ${FORGED} ssh2: RSA ${SHA} from 203.0.113.66 port 50000 ssh2: RSA ${SHA}`,
    {
      user: `${FORGED} ssh2: RSA ${SHA}`,
    },
  ),
  ssh(
    `Failed publickey for invalid user x from 203.0.113.66 port 50000 ssh2: ED25519-CERT ${SHA} ID z from 10.0.0.5 port 22 ssh2 (serial 0) CA RSA ${SHA}`,
    { user: 'x' },
  ),
  ssh('Failed password for invalid user a b from c from 203.0.113.66 port 50000 ssh2', {
    user: 'a b from c',
  }),
  ssh('Failed password for root from fe80::1%eth0 port 50000 ssh2', { source: 'fe80::1%eth0' }),
  ssh('Failed password for root from 2001:db8::66 port 50000 ssh2', { source: '2001:db8::66' }),
  ssh('Failed password for root from scanner.example.net port 50000 ssh2', { source: 'scanner.example.net' }),
  ssh('message repeated 9 times: [ Failed password for root from 203.0.113.66 port 50000 ssh2]', {
    failures: 9,
  }),
  ssh('Accepted publickey for alice from 203.0.113.66 port 50000 ssh2: RSA ' + SHA, {
    user: 'alice',
    outcome: 'success',
    method: 'publickey',
  }),
  ssh('Accepted password for alice from 203.0.113.66 port 50000 ssh2', { user: 'alice', outcome: 'success' }),
  ssh(
    `Accepted publickey for alice from 203.0.113.66 port 50000 ssh2: RSA-CERT ${SHA} ID z from 10.0.0.5 port 22 ssh2 (serial 0) CA RSA ${SHA}`,
    { user: 'alice', outcome: 'success' },
  ),
  ssh('Invalid user admin from 203.0.113.66 port 50000', { user: 'admin' }),
  ssh('Invalid user  from 203.0.113.66 port 50000', { user: '' }),
  ssh('Illegal user admin from 203.0.113.66', { user: 'admin', port: -1 }),
  ssh(`Invalid user ${FORGED} from 203.0.113.66 port 50000`, { user: FORGED }),
  ssh(`Invalid user ${FORGED} from 203.0.113.66`, { user: FORGED, port: -1 }),
  ssh(
    'error: maximum authentication attempts exceeded for root from 203.0.113.66 port 50000 ssh2 [preauth]',
    {},
  ),
  ssh(
    `error: maximum authentication attempts exceeded for invalid user ${FORGED_WHOLE} from 203.0.113.66 port 50000 ssh2 [preauth]`,
    { user: FORGED_WHOLE },
  ),
  ssh('User root from 203.0.113.66 not allowed because not listed in AllowUsers', { port: -1 }),
  ssh('User root from 203.0.113.66 not allowed because listed in DenyUsers', { port: -1 }),
  ssh("User root from 203.0.113.66 not allowed because none of user's groups are listed in AllowGroups", {
    port: -1,
  }),
  ssh('error: PAM: Authentication error for root from 203.0.113.66', { port: -1 }),
  ssh('error: PAM: Authentication error for illegal user admin from 203.0.113.66', {
    user: 'admin',
    port: -1,
  }),
  ssh('error: PAM: Authentication failure for illegal user x from 10.0.0.9 from 203.0.113.66', {
    user: 'x from 10.0.0.9',
    port: -1,
  }),
  ssh(
    'error: PAM: User not known to the underlying authentication module for illegal user a from 203.0.113.66',
    {
      user: 'a',
      port: -1,
    },
  ),
  ssh('Connection closed by authenticating user root 203.0.113.66 port 50000 [preauth]', {}),
  ssh('Connection reset by authenticating user root 203.0.113.66 port 50000 [preauth]', {}),
  ssh('Disconnected from authenticating user root 203.0.113.66 port 50000 [preauth]', {}),
  ssh('Connection closed by invalid user admin 203.0.113.66 port 50000 [preauth]', {
    user: 'admin',
    ...exchange,
  }),
  ssh('Connection closed by invalid user x 10.0.0.9 port 22 203.0.113.66 port 50000 [preauth]', {
    user: 'x 10.0.0.9 port 22',
    ...exchange,
  }),
  ssh('Disconnected from invalid user x from 10.0.0.9 port 22 203.0.113.66 port 50000 [preauth]', {
    user: FORGED,
    ...exchange,
  }),
  ssh(
    'Disconnecting invalid user x 10.0.0.9 port 22: Bye 203.0.113.66 port 50000: Too many authentication failures [preauth]',
    { user: 'x 10.0.0.9 port 22: Bye', ...exchange },
  ),
  ssh('Disconnected from user alice 203.0.113.66 port 50000', { user: 'alice', ...exchange }),
  ssh('Disconnected from 203.0.113.66 port 50000', { user: '', ...exchange }),
  ssh('Connection closed by 203.0.113.66 [preauth]', { user: '', port: -1, ...exchange }),
  ssh('Received disconnect from 203.0.113.66 port 50000:11: Bye Bye [preauth]', { user: '', ...exchange }),
  ssh('Received disconnect from 203.0.113.66: 11: x user root 10.0.0.9 port 22 [preauth]', {
    user: '',
    port: -1,
    ...exchange,
  }),
  ssh('Did not receive identification string from 203.0.113.66 port 50000', { user: '', ...exchange }),
  ssh(
    'reverse mapping checking getaddrinfo for ns.example.net [203.0.113.66] failed - POSSIBLE BREAK-IN ATTEMPT!',
    {
      user: '',
      port: -1,
      ...exchange,
    },
  ),
  {
    ...ssh('Failed password for root from 203.0.113.66 port 50000 ssh2', {}),
    program: 'sshd-session[4100]',
  },
];

function pam(program: string, text: string, login: Partial<Login>): LoginLine {
  return {
    program,
    text,
    login: {
      user: '',
      source: ATTACKER,
      port: -1,
      service: 'dovecot',
      outcome: 'failure',
      failures: 1,
      ...login,
    },
  };
}

const FIELDS = 'logname= uid=0 euid=0 tty=dovecot';
const AT_HOST = { source: '', service: 'su' } as const;
const ECHO = { service: 'ssh', outcome: 'exchange', failures: 0 } as const;

const PAM: readonly LoginLine[] = [
  pam(
    'auth[900]',
    `pam_unix(dovecot:auth): authentication failure; ${FIELDS} ruser=ann rhost=203.0.113.66  user=ann`,
    {
      user: 'ann',
    },
  ),
  pam('dovecot', `pam_unix(dovecot:auth): authentication failure; ${FIELDS} ruser=ann rhost=203.0.113.66`, {
    user: 'ann',
  }),
  pam(
    'auth[900]',
    `pam_sss(dovecot:auth): authentication failure; ${FIELDS} ruser=ann rhost=203.0.113.66 user=ann`,
    {
      user: 'ann',
    },
  ),
  pam('dovecot-auth', `(pam_unix) authentication failure; ${FIELDS} ruser= rhost=203.0.113.66  user=ann`, {
    user: 'ann',
    service: 'dovecot-auth',
  }),
  pam('ftp(pam_unix)[7]', `authentication failure; ${FIELDS} ruser= rhost=203.0.113.66  user=ann`, {
    user: 'ann',
    service: 'ftp',
  }),
  pam(
    'vsftpd[7]',
    `pam_unix(vsftpd:auth): authentication failure; ${FIELDS} ruser=ann rhost=mail.example.net`,
    {
      user: 'ann',
      source: 'mail.example.net',
      service: 'vsftpd',
    },
  ),
  pam(
    'auth[900]',
    `pam_unix(dovecot:auth): 2 more authentication failures; ${FIELDS} ruser=ann rhost=203.0.113.66  user=ann`,
    {
      user: 'ann',
      failures: 2,
    },
  ),
  // A stranger's name, as dovecot hands it on twice, with the address of an innocent.
  pam(
    'auth[900]',
    `pam_unix(dovecot:auth): authentication failure; ${FIELDS} ruser=x rhost=10.0.0.9  user=y rhost=203.0.113.66  user=x rhost=10.0.0.9  user=y`,
    { user: 'x rhost=10.0.0.9  user=y' },
  ),
  pam(
    'auth[900]',
    `pam_unix(dovecot:auth): authentication failure; ${FIELDS} ruser=x rhost=10.0.0.9 rhost=203.0.113.66`,
    {
      user: 'x rhost=10.0.0.9',
    },
  ),
  pam(
    'login[9]',
    'pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=ann',
    { user: 'ann', source: '', service: 'login' },
  ),
  pam(
    'su[9]',
    'pam_unix(su:auth): authentication failure; logname=bob uid=1001 euid=0 tty=pts/1 ruser=bob rhost=  user=root',
    { user: 'bob', ...AT_HOST },
  ),
  pam(
    'sudo',
    'pam_unix(sudo:auth): authentication failure; logname=bob uid=1001 euid=0 tty=/dev/pts/1 ruser=bob rhost=  user=bob',
    { user: 'bob', source: '', service: 'sudo' },
  ),
  // What sshd asks PAM it tells itself as well.
  pam(
    'sshd[1]',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.66  user=root',
    {
      user: 'root',
      ...ECHO,
    },
  ),
  pam(
    'sshd(pam_unix)[1]',
    'authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=host.example.net',
    {
      ...ECHO,
      source: 'host.example.net',
    },
  ),
  pam(
    'sshd[1]',
    'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.66  user=x rhost=10.0.0.9',
    {
      user: 'x rhost=10.0.0.9',
      ...ECHO,
    },
  ),
];

function local(program: string, text: string, user: string, failures: number): LoginLine {
  return {
    program,
    text,
    login: {
      user,
      source: '',
      port: -1,
      service: program.startsWith('sudo') ? 'sudo' : 'su',
      outcome: failures > 0 ? 'failure' : 'privilege',
      failures,
    },
  };
}

const AS_ROOT = 'TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/sh';

const PRIVILEGE: readonly LoginLine[] = [
  local('sudo[13]', `     bob : ${AS_ROOT}`, 'bob', 0),
  local(
    'sudo',
    `   alice : TTY=unknown ; PWD=/ ; USER=root ; GROUP=adm ; COMMAND=/usr/bin/id ; id`,
    'alice',
    0,
  ),
  local('sudo[10]', `   alice : 3 incorrect password attempts ; ${AS_ROOT}`, 'alice', 3),
  local('sudo[10]', `   alice : 1 incorrect password attempt ; ${AS_ROOT}`, 'alice', 1),
  local('sudo[11]', ` mallory : user NOT in sudoers ; ${AS_ROOT}`, 'mallory', 1),
  local('sudo[11]', ` mallory : command not allowed ; ${AS_ROOT}`, 'mallory', 1),
  local('sudo[12]', `   carol : a password is required ; ${AS_ROOT}`, 'carol', 1),
  local('su[9]', 'Successful su for root by alice', 'alice', 0),
  local('su[9]', '+ /dev/pts/0 alice:root', 'alice', 0),
  local('su', '(to root) alice on pts/0', 'alice', 0),
  local('su[9]', 'FAILED su for root by alice', 'alice', 1),
  local('su', 'FAILED SU (to root) alice on pts/0', 'alice', 1),
  local('su', 'BAD SU alice to root on /dev/ttyp0', 'alice', 1),
  local('su[9]', '- /dev/pts/0 alice:root', 'alice', 1),
];

function nothing(program: string, text: string): LoginLine {
  return { program, text, login: undefined };
}

const OTHERS: readonly LoginLine[] = [
  nothing('CRON[7]', '(root) CMD (/usr/bin/backup)'),
  nothing('CRON[7]', 'pam_unix(cron:session): session opened for user root by (uid=0)'),
  nothing('sshd[1]', 'Server listening on 0.0.0.0 port 22.'),
  nothing('sshd[1]', 'pam_unix(sshd:auth): check pass; user unknown'),
  nothing('sshd[1]', 'error: kex_exchange_identification: Connection closed by remote host'),
  nothing('systemd-logind[3]', 'New session 12 of user alice.'),
  // What sshd would say in the mouth of another program is that program's own text.
  nothing('sudo', 'Failed password for root from 10.0.0.9 port 22 ssh2'),
];

/** The lines. */
export const LOGIN_LINES: readonly LoginLine[] = [...SSHD, ...PAM, ...PRIVILEGE, ...OTHERS];

/** Headers that each line may have, around `program: text`. */
export const HEADERS: Readonly<Record<string, (line: LoginLine) => string>> = {
  'RFC 3164': ({ program, text }) => `Nov 14 22:13:20 web ${program}: ${text}`,
  'with a priority': ({ program, text }) => `<38>Nov 14 22:13:20 web ${program}: ${text}`,
  BusyBox: ({ program, text }) => `Nov 14 22:13:20 web auth.info ${program}: ${text}`,
  'an ISO time': ({ program, text }) => `2026-11-14T22:13:20.000000+00:00 web ${program}: ${text}`,
  'RFC 5424': (line) => rfc5424(line, '-'),
  'RFC 5424 with data': (line) => rfc5424(line, '[a@1 b="c"]'),
  'RFC 5424 with two elements': (line) => rfc5424(line, '[synolog@6574 event="login"][meta sequenceId="1"]'),
  'RFC 5424 with a bracket in its data': (line) => rfc5424(line, '[a@1 b="c] \\" \\] d"]'),
};

function rfc5424({ program, text }: LoginLine, data: string): string {
  const [, name, pid = '-'] = /^(.*?)(?:\[(\d+)\])?$/.exec(program)!;
  return `<38>1 2026-11-14T22:13:20Z web ${name!} ${pid} - ${data} ${text}`;
}
