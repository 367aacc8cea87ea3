import { EventKind, Outcome } from '../../src/domain/events.js';
import { batchesOf, eventsOf, NOW_MS, normalize } from '../collect/logs.js';
import { HEADERS, LOGIN_LINES } from '../logins/lines.js';
import { expected, loginOf } from '../logins/events.js';
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
});

describe('each line of the table', () => {
  const lines = LOGIN_LINES.map((line) => [`${line.program}: ${line.text}`, line] as const);

  it.each(lines)('%s', (_, line) => {
    expect(eventsIn([HEADERS['RFC 3164']!(line)]).map(loginOf)).toEqual(
      line.login ? [expected(line.login)] : [],
    );
  });

  it.each(Object.entries(HEADERS))('with the header %s', (_, header) => {
    const read = LOGIN_LINES.map((line) => eventsIn([header(line)]).map(loginOf));
    expect(read).toEqual(LOGIN_LINES.map(({ login }) => (login ? [expected(login)] : [])));
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
