import { eventsOf, normalize, type Normalized } from '../collect/logs.js';

function read(logs: Readonly<Record<string, readonly string[]>>): Normalized {
  return normalize(
    Object.entries(logs).map(([source, records]) => ({
      source,
      format: 'auth' as const,
      records,
      places: records.map((_, i) => i + 1),
    })),
  );
}

/** Failed attempts by user. */
function failuresOf(result: Normalized): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const { user, authFailures } of eventsOf(result) as { user: string; authFailures: number }[]) {
    if (authFailures > 0) failures[user] = (failures[user] ?? 0) + authFailures;
  }
  return failures;
}

/** Lines of one minute, each given as `second program: text`. */
function lines(...texts: readonly string[]): string[] {
  return texts.map((text) => `Nov 14 22:13:${text.slice(0, 2)} web ${text.slice(3)}`);
}

const INVALID = '01 sshd[7]: Invalid user admin from 203.0.113.66 port 50000';
const FAILED = '02 sshd[7]: Failed password for invalid user admin from 203.0.113.66 port 50000 ssh2';
const CLOSED = '03 sshd[7]: Connection closed by invalid user admin 203.0.113.66 port 50000 [preauth]';
const ROOT_CLOSED =
  '03 sshd[7]: Connection closed by authenticating user root 203.0.113.66 port 50000 [preauth]';
const ROOT_EXCEEDED =
  '02 sshd[7]: error: maximum authentication attempts exceeded for root from 203.0.113.66 port 50000 ssh2 [preauth]';
const ROOT_FAILED = '01 sshd[7]: Failed password for root from 203.0.113.66 port 50000 ssh2';
const PAM_ERROR = '01 sshd[7]: error: PAM: Authentication error for root from 203.0.113.66';
const FIELDS = 'authentication failure; logname= uid=0 euid=0 tty=x ruser= rhost=203.0.113.66  user=ann';
const SUDO_FIELDS = 'authentication failure; logname=bob uid=1 euid=0 tty=pts/1 ruser=bob rhost=  user=bob';

describe('an attempt that several lines tell of', () => {
  it.each<readonly [string, readonly string[], Record<string, number>]>([
    ['a server without passwords', [INVALID, CLOSED], { admin: 1 }],
    ['a server with passwords', [INVALID, FAILED, CLOSED], { admin: 1 }],
    ['in any order', [CLOSED, FAILED, INVALID], { admin: 1 }],
    ['as many as were tried', [INVALID, FAILED, FAILED.replace('02', '04'), CLOSED], { admin: 2 }],
    ['a server of old, which names no port', [INVALID.replace(' port 50000', ''), FAILED], { admin: 1 }],
    ['without passwords, a name that exists', [ROOT_CLOSED], { root: 1 }],
    ['too many keys', [ROOT_EXCEEDED, ROOT_CLOSED], { root: 1 }],
    [
      'too many passwords',
      [ROOT_FAILED, ROOT_FAILED.replace('01', '02'), ROOT_EXCEEDED, ROOT_CLOSED],
      { root: 2 },
    ],
    [
      'a name that is not allowed',
      ['01 sshd[7]: User root from 203.0.113.66 not allowed because not listed in AllowUsers', CLOSED],
      { root: 1 },
    ],
    ['PAM alone', [PAM_ERROR, PAM_ERROR.replace('01', '02'), ROOT_CLOSED], { root: 2 }],
    ['PAM and sshd', [PAM_ERROR, ROOT_FAILED], { root: 1 }],
    ['two connections of one process', [INVALID, FAILED, INVALID.replace('50000', '50001')], { admin: 2 }],
    [
      'two processes',
      [INVALID.replace(' port 50000', ''), INVALID.replace('[7]', '[8]').replace(' port 50000', '')],
      { admin: 2 },
    ],
    ['another source on the same port', [FAILED, INVALID.replace('113.66', '113.67')], { admin: 2 }],
    [
      'sudo and PAM',
      [
        `01 sudo: pam_unix(sudo:auth): ${SUDO_FIELDS}`,
        '04 sudo:   bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      ],
      { bob: 3 },
    ],
    [
      'sudo, which in the end was right',
      [
        `01 sudo: pam_unix(sudo:auth): ${SUDO_FIELDS}`,
        '04 sudo:   bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      ],
      { bob: 1 },
    ],
    [
      'two modules of PAM',
      [`01 auth[9]: pam_unix(dovecot:auth): ${FIELDS}`, `01 auth[9]: pam_sss(dovecot:auth): ${FIELDS}`],
      { ann: 1 },
    ],
    [
      'only the second module of PAM',
      [`01 auth[9]: pam_sss(dovecot:auth): ${FIELDS}`, `01 auth[9]: pam_sss(dovecot:auth): ${FIELDS}`],
      { ann: 2 },
    ],
    [
      'a second module that accepts',
      [
        `01 auth[9]: pam_unix(dovecot:auth): ${FIELDS}`,
        `01 auth[9]: pam_sss(dovecot:auth): ${FIELDS.replace('failure', 'success')}`,
      ],
      {},
    ],
    [
      'a second module that accepts the last guess',
      [
        `01 auth[9]: pam_unix(dovecot:auth): ${FIELDS}`,
        `02 auth[9]: pam_unix(dovecot:auth): ${FIELDS}`,
        `02 auth[9]: pam_sss(dovecot:auth): ${FIELDS.replace('failure', 'success')}`,
      ],
      { ann: 1 },
    ],
  ])('counts once: %s', (_, texts, failures) => {
    const result = read({ 'auth.log': lines(...texts) });
    expect(failuresOf(result)).toEqual(failures);
    // Its echoes stay as exchanges with the server.
    expect(eventsOf(result)).toHaveLength(texts.length);
  });

  it('counts once where a log is there twice', () => {
    const log = lines(INVALID, CLOSED, ROOT_CLOSED.replaceAll('50000', '50001'));
    expect(failuresOf(read({ 'auth.log': log, 'copy.log': log }))).toEqual({ admin: 1, root: 1 });
  });
});

describe('equal lines of one second', () => {
  const six = lines(...Array.from({ length: 6 }, () => ROOT_FAILED));

  it('are as many attempts in one log', () => {
    const { coverage, windows } = read({ 'auth.log': six });
    expect(coverage).toMatchObject([{ read: 6, events: 6, duplicates: 0 }]);
    expect(failuresOf({ windows } as Normalized)).toEqual({ root: 6 });
  });

  it('are the same attempts in a copy, whole or not', () => {
    const { coverage } = read({ 'auth.log': six, 'relay.log': six.slice(0, 4) });
    expect(coverage).toMatchObject([
      { events: 6, duplicates: 0 },
      { events: 0, duplicates: 4 },
    ]);
  });

  it('are copies where the log begins again', () => {
    const log = [...six, ...lines(CLOSED)];
    expect(read({ 'auth.log': [...log, ...log] }).coverage).toMatchObject([{ events: 7, duplicates: 7 }]);
  });

  it('are attempts between lines of others', () => {
    const log = six.flatMap((line, i) => [
      line,
      ...lines(`01 sshd[${String(i + 50)}]: Connection closed by 192.0.2.9 port 1`),
    ]);
    expect(read({ 'auth.log': log }).coverage).toMatchObject([{ events: 12, duplicates: 0 }]);
  });
});
