/**
 * A line of an auth log means the same, whether its file is read or Logstash has made a document of it.
 */
import { eventsOf, normalize } from '../collect/logs.js';
import { describeRuby } from '../logstash/describe-ruby.js';
import { runChain, type Outcome } from '../logstash/ruby-chain.js';
import { expected, loginOf } from './events.js';
import { HEADERS, LOGIN_LINES, type LoginLine } from './lines.js';

/** What Elkhound reads of the document that Logstash makes. */
function read(outcome: Outcome): object[] {
  const stamped = { ...outcome.event, '@timestamp': '2026-11-14T22:13:20.000Z' };
  return eventsOf(normalize([{ source: 'logs', format: 'ecs', records: [stamped], places: [1] }])).map(
    loginOf,
  );
}

describeRuby('each line of the table by way of Logstash', (ruby) => {
  const inputs = Object.entries(HEADERS).flatMap(([name, header]) =>
    LOGIN_LINES.map((line) => ({ id: `${name}: ${line.program}: ${line.text}`, input: header(line), line })),
  );
  const outcomes = runChain(ruby, inputs);
  const rfc3164 = inputs.slice(0, LOGIN_LINES.length).map(({ id, line }) => [id, line] as const);

  it.each(rfc3164)('%s', (id, line) => {
    expect(said(outcomes.get(id)!, line)).toEqual(line.login ? [expected(line.login)] : []);
  });

  it.each(Object.keys(HEADERS))('with the header %s', (name) => {
    const own = inputs.filter(({ id }) => id.startsWith(`${name}: `));
    const differing = own.filter(({ id, line }) => {
      const right = line.login ? [expected(line.login)] : [];
      return JSON.stringify(right) !== JSON.stringify(said(outcomes.get(id)!, line));
    });
    expect(own).toHaveLength(LOGIN_LINES.length);
    expect(differing.map(({ id }) => id)).toEqual([]);
  });

  it('with how somebody tried to log in', () => {
    const methods = inputs.filter(({ line }) => line.login?.method !== undefined);
    const told = methods.map(
      ({ id }) => outcomes.get(id)!.event!.system as { auth: { ssh: { method: string } } },
    );
    expect(told.map(({ auth }) => auth.ssh.method)).toEqual(methods.map(({ line }) => line.login!.method));
    expect(methods.length).toBeGreaterThan(30);
  });
});

/** Of a line that is about no login only that it tells of none counts. */
function said(outcome: Outcome, { login }: LoginLine): object[] {
  expect(outcome.exceptions).toEqual([]);
  const events = read(outcome) as { outcome: string }[];
  return login ? events : events.filter((event) => event.outcome !== 'exchange');
}
