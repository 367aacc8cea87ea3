import { EventKind, Flag, Outcome } from '../../src/domain/events.js';
import { batchesOf, eventsOf, NOW_MS, normalize } from '../collect/logs.js';
import { describeSamples, sampleFile } from '../sample-data.js';

function eventsIn(lines: readonly string[], options?: object): Record<string, unknown>[] {
  return eventsOf(
    normalize(
      [{ source: 'auth.log', format: 'auth', records: lines, places: lines.map((_, i) => i + 1) }],
      options,
    ),
  );
}

const FAILED = 'Failed password for invalid user admin from 203.0.113.7 port 4242 ssh2';

describe('lines of sshd', () => {
  it.each([
    ['RFC 3164', `Nov 14 22:13:20 web sshd[812]: ${FAILED}`, Date.UTC(2026, 10, 14, 22, 13, 20)],
    ['with a priority', `<38>Nov  4 22:13:20 web sshd[812]: ${FAILED}`, Date.UTC(2026, 10, 4, 22, 13, 20)],
    [
      'with an ISO time',
      `2023-11-14T22:13:20.123456+01:00 web sshd[812]: ${FAILED}`,
      Date.UTC(2023, 10, 14, 21, 13, 20, 123),
    ],
    [
      'RFC 5424',
      `<38>1 2023-11-14T22:13:20.5Z web sshd 812 - - ${FAILED}`,
      Date.UTC(2023, 10, 14, 22, 13, 20, 500),
    ],
    [
      'RFC 5424 with data',
      `<38>1 2023-11-14T22:13:20Z web sshd 812 ID [a@1 b="c"] ${FAILED}`,
      Date.UTC(2023, 10, 14, 22, 13, 20),
    ],
  ])('are read in the form of %s', (_, line, endMs) => {
    expect(eventsIn([line])).toMatchObject([
      {
        kind: EventKind.auth,
        endMs,
        source: '203.0.113.7',
        sourcePort: 4242,
        destination: 'web',
        destinationPort: 22,
        user: 'admin',
        outcome: Outcome.failure,
        authFailures: 1,
        observer: 'web',
      },
    ]);
  });

  it('without a year are of the last one that fits', () => {
    const at = (text: string): unknown => eventsIn([`${text} web sshd[1]: ${FAILED}`])[0]!.endMs;
    expect(at('Nov 25 00:00:00')).toBe(Date.UTC(2026, 10, 25));
    expect(at('Nov 26 00:00:00')).toBe(Date.UTC(2025, 10, 26));
    expect(at('Feb 29 00:00:00')).toBe(Date.UTC(2024, 1, 29));
    expect(NOW_MS).toBe(Date.UTC(2026, 10, 24));
  });

  it('are written in the zone of their site, summer time and all', () => {
    const at = (text: string): unknown =>
      eventsIn([`${text} web sshd[1]: ${FAILED}`], { timeZone: 'Europe/Berlin' })[0]!.endMs;
    expect(at('Jul 14 12:00:00')).toBe(Date.UTC(2026, 6, 14, 10));
    expect(at('Jan 14 12:00:00')).toBe(Date.UTC(2026, 0, 14, 11));
    expect(at('2026-07-14T12:00:00')).toBe(Date.UTC(2026, 6, 14, 10));
  });

  it.each([
    [
      'Accepted publickey for alice from 10.0.0.5 port 50112 ssh2: RSA',
      { user: 'alice', outcome: Outcome.success, authFailures: 0 },
    ],
    [`message repeated 5 times: [ ${FAILED}]`, { user: 'admin', authFailures: 5 }],
    [
      'error: maximum authentication attempts exceeded for root from 10.0.0.5 port 1 ssh2 [preauth]',
      { user: 'root', outcome: Outcome.failure },
    ],
    ['Invalid user  from 10.0.0.5 port 1', { user: '', kind: EventKind.other }],
    [
      'Connection closed by authenticating user root 10.0.0.5 port 1 [preauth]',
      { user: 'root', kind: EventKind.other },
    ],
    ['Failed password for a b from c from 10.0.0.5 port 1 ssh2', { user: 'a b from c', source: '10.0.0.5' }],
  ])('say: %s', (message, expected) => {
    expect(eventsIn([`Nov 14 22:13:20 web sshd[812]: ${message}`])).toMatchObject([expected]);
  });

  it('of sudo and su use a privilege', () => {
    const events = eventsIn([
      'Nov 14 22:13:20 web sudo:   alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      'Nov 14 22:13:21 web su[9]: Successful su for root by alice',
    ]);
    expect(events.map(({ user, flags }) => [user, (flags as number) & Flag.privilege])).toEqual([
      ['alice', Flag.privilege],
      ['alice', Flag.privilege],
    ]);
  });
});

describeSamples('real lines of sshd', () => {
  it.each([
    // Failures that the README counts: a line of `message repeated` stands for several.
    ['flows/linux_auth/OpenSSH_2k.log.gz', /^.{16}\S+ sshd\[\d+\]: (message repeated|Failed )/],
    ['flows/linux_auth/aws_host_auth.log.gz', /: Failed (password|publickey|none) for /],
  ])('%s: every failure is one', async (name, pattern) => {
    const batches = await batchesOf([sampleFile(name)]);
    const lines = new Set(
      batches.flatMap(({ records }) => records as string[]).filter((line) => pattern.test(line)),
    );
    const failures = eventsOf(normalize(batches)).filter(
      ({ authFailures, detail }) => (authFailures as number) > 0 && detail !== 0,
    );
    expect(failures.length).toBeGreaterThanOrEqual(lines.size);
    expect(lines.size).toBeGreaterThan(100);
  });
});
