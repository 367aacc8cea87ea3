import { normalize } from '../collect/logs.js';

/** What became of a line: `event`, or why it became none. */
function fateOf(line: string): string {
  const { coverage } = normalize([{ source: 'auth.log', format: 'auth', records: [line], places: [1] }]);
  const [{ events, filtered, quarantined }] = coverage as [(typeof coverage)[0]];
  if (events === 1) return 'event';
  return [
    ...Object.keys(filtered),
    ...Object.keys(quarantined).map((reason) => `quarantined: ${reason}`),
  ].join();
}

const AT = 'Nov 14 22:13:20';
const RFC5424 = '<38>1 2026-11-14T22:13:20Z web sshd 812';
const FAILED = 'Failed password for root from 203.0.113.66 port 50000 ssh2';

describe('a line that is well formed and about no login is left out', () => {
  it.each([
    `${AT} web CRON[7]: (root) CMD (/usr/bin/backup)`,
    `${AT} web systemd[1]: Started Session 4 of user alice.`,
    `${AT} web kernel: [12345.678] eth0: link up`,
    `${AT} web postfix/smtpd[9]: connect from unknown[203.0.113.66]`,
    `${AT} web rsyslogd: [origin software="rsyslogd"] start`,
    `${AT} web sshd[7]:`,
    `${AT} web last message repeated 3 times`,
    `${AT} web -- MARK --`,
    `${RFC5424} - - Server listening on 0.0.0.0 port 22.`,
    `${RFC5424} ID [a@1 b="c"]`,
  ])('%s', (line) => {
    expect(fateOf(line)).toBe('no_network_activity');
  });
});

describe('a line that is not understood is set aside with its reason', () => {
  it.each([
    ['no time', `sshd[7]: ${FAILED}`, 'bad_syslog'],
    ['no host', `${AT} sshd`, 'bad_syslog'],
    ['no program', `${AT} web ${FAILED}`, 'bad_syslog'],
    ['a tag without its colon', `${AT} web sshd[7] ${FAILED}`, 'bad_syslog'],
    ['a container’s words before it', `2026-11-14T22:13:20.1Z stdout F {"a":1}`, 'bad_syslog'],
    ['data that never ends', `${RFC5424} - [a@1 b="c" ${FAILED}`, 'bad_syslog'],
    ['data whose quote never ends', `${RFC5424} - [a@1 b="c] ${FAILED}`, 'bad_syslog'],
    ['text right behind its data', `${RFC5424} - [a@1 b="c"]${FAILED}`, 'bad_syslog'],
    ['neither data nor a dash', `${RFC5424} ID ${FAILED}`, 'bad_syslog'],
    ['a day that is none', `Nov 34 22:13:20 web sshd[7]: ${FAILED}`, 'no_time'],
    [
      'a failure cut off',
      `${AT} web sshd[7]: Failed password for root from 203.0.`.slice(0, -7),
      'bad_login',
    ],
    ['a failure from nowhere', `${AT} web sshd[7]: Failed password for root from <none> port x`, 'bad_login'],
    ['a success cut off', `${AT} web sshd[7]: Accepted password for al`, 'bad_login'],
    ['a name without a source', `${AT} web sshd[7]: Invalid user admin`, 'bad_login'],
  ])('%s', (_, line, reason) => {
    expect(fateOf(line)).toBe(`quarantined: ${reason}`);
  });

  it('whole, where it is longer than any login needs', () => {
    const of = (length: number): string => fateOf(`${AT} web sshd[7]: ${FAILED}`.padEnd(length));
    expect(of(8192)).toBe('event');
    expect(of(8193)).toBe('quarantined: line_too_long');
    expect(
      fateOf(`${AT} web sshd[7]: Failed password for ${'x'.repeat(8000)} from 192.0.2.1 port 1 ssh2`),
    ).toBe('event');
  });
});
