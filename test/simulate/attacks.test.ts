import { EventKind } from '../../src/domain/events.js';
import { ATTACKS } from '../../src/simulate/attacks/catalogue.js';
import type { PlantedAttack } from '../../src/simulate/attacks/attack.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import { accountName } from '../../src/simulate/network.js';
import { zeekRecord } from '../../src/simulate/formats/record.js';
import { eventsOf as tableOf, normalize } from '../collect/logs.js';
import { DAY_MS, eventsOf, HOUR_MS, MONDAY, office, onMonday, textOf } from './office.js';

const SPAN_MS = 3 * DAY_MS;
const DOCUMENTATION = /^(192\.0\.2|198\.51\.100|203\.0\.113)\./;

const simulation = office({ plan: onMonday(ATTACKS) });
const truths = simulation.truth(MONDAY, MONDAY + SPAN_MS);
const all = eventsOf(simulation, MONDAY, MONDAY + SPAN_MS).filter(({ attack }) => attack !== '');

/** Records of one attack. */
function recordsOf(name: string): SimulatedEvent[] {
  const { id } = truths.find((truth) => truth.name === name)!;
  return all.filter(({ attack }) => attack === id);
}

describe.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s', (name, attack) => {
  const truth = truths.filter((planted) => planted.name === name);
  const events = recordsOf(name);

  it('is planted, and the truth is what was logged', () => {
    expect(truth).toHaveLength(1);
    const [planted] = truth as [PlantedAttack];
    expect(events.every((event) => event.attack === planted.id)).toBe(true);
    expect(planted).toMatchObject({ name, kind: attack.kind, loud: attack.loud, events: events.length });
    expect(planted.id).toMatch(new RegExp(`^${name}-\\d{8}T\\d{6}Z$`));
    expect(planted.technique).toMatch(/^T\d{4}(\.\d{3})?$/);
    expect(planted.description).toMatch(/^\S.*\.$/);
    expect(Date.parse(planted.start)).toBe(Math.min(...events.map(({ startMs }) => startMs)));
    expect(Date.parse(planted.end)).toBe(Math.max(...events.map(({ endMs }) => endMs)));
  });

  it('names whom it concerns as a finding would', () => {
    for (const { kind, source, destination, port, user } of truth[0]!.entities) {
      const about = events.filter(
        (event) =>
          (source === undefined || event.source === source) &&
          (destination === undefined || event.destination === destination) &&
          (port === undefined || event.destinationPort === port) &&
          (user === undefined || (event.kind === 'kerberos' && accountName(event.facts.user) === user)),
      );
      expect([kind, about.length > events.length / 10]).toEqual([kind, true]);
    }
  });

  it('comes from outside by addresses that nobody owns', () => {
    const outside = events
      .flatMap(({ source, destination }) => [source, destination])
      .filter((address) => !address.startsWith('10.20.') && !simulation.network.upstream.includes(address));
    expect(outside.filter((address) => !DOCUMENTATION.test(address))).toEqual([]);
  });

  it('leaves no word of it in the records', () => {
    expect(JSON.stringify(events.map(zeekRecord))).not.toMatch(new RegExp(`${name}|attack`));
  });
});

it('normal traffic does not depend on attacks', () => {
  const range = [MONDAY + 8 * HOUR_MS, MONDAY + 10 * HOUR_MS] as const;
  const normal = eventsOf(simulation, ...range).filter((event) => event.attack === '');
  expect(textOf(normal) === textOf(eventsOf(office(), ...range))).toBe(true);
});

it('has a loud and a quiet way for what can be both', () => {
  const kinds = [...new Set(ATTACKS.map(({ kind }) => kind))].sort();
  expect(kinds).toEqual([
    'beacon',
    'credential_stuffing',
    'data_theft',
    'dns_tunnel',
    'dormant_account',
    'flood',
    'host_sweep',
    'lateral_movement',
    'mining',
    'password_guessing',
    'port_scan',
  ]);
  const always = ATTACKS.filter(({ loud }) => loud).map(({ kind }) => kind);
  expect(kinds.filter((kind) => !always.includes(kind))).toEqual(['beacon', 'dormant_account']);
});

describe('shapes', () => {
  it('a beacon keeps its pace, give or take its jitter', () => {
    const starts = recordsOf('beacon')
      .filter(({ kind, destinationPort }) => kind === 'flow' && destinationPort === 443)
      .map(({ startMs }) => startMs)
      .sort((a, b) => a - b);
    const gaps = starts.slice(1).map((start, i) => (start - starts[i]!) / 1000);
    expect(gaps.length).toBeGreaterThan(400);
    expect(Math.min(...gaps)).toBeGreaterThan(52);
    expect(Math.max(...gaps)).toBeLessThan(68);
  });

  it('stuffing gets in now and then, as somebody who exists', () => {
    const logins = recordsOf('credential-stuffing').filter((event) => event.kind === 'kerberos');
    const staff = new Set(office().network.clients.map(({ user }) => user));
    const got = logins.filter(({ facts }) => facts.error === '');
    expect(got).toHaveLength(2);
    expect(got.every(({ facts }) => staff.has(facts.user))).toBe(true);
    expect(new Set(logins.map(({ facts }) => facts.user)).size).toBeGreaterThan(40);
  });

  it('theft happens while nobody works', () => {
    const sent = recordsOf('theft-at-night').filter(({ destinationPort }) => destinationPort === 443);
    expect(sent.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0)).toBeGreaterThan(1e9);
    expect(sent.every(({ startMs }) => ((startMs - MONDAY) % DAY_MS) / HOUR_MS < 6)).toBe(true);
  });

  it('a dormant account was used before, and then not for days', () => {
    const planted = truths.find(({ name }) => name === 'dormant-account');
    const user = planted!.entities[0]!.user!;
    const logins = eventsOf(simulation, MONDAY - 9 * DAY_MS, MONDAY + DAY_MS).filter(
      (event) => event.kind === 'kerberos' && accountName(event.facts.user) === user,
    );
    const before = logins.filter(({ attack }) => attack === '').map(({ endMs }) => endMs);
    expect(before.length).toBeGreaterThan(1);
    const idleDays = (Date.parse(planted!.start) - Math.max(...before)) / DAY_MS;
    expect(idleDays).toBeGreaterThan(5);
    expect(idleDays).toBeLessThan(9);
  });

  it('failed logins are failed logins after normalize', () => {
    const records = recordsOf('password-guessing').map(zeekRecord);
    const places = records.map((_, i) => i + 1);
    const rows = tableOf(normalize([{ source: 'sensor', format: 'zeek', records, places }]));
    const guesses = rows.filter(({ kind }) => kind === EventKind.ssh);
    expect(guesses.length).toBeGreaterThan(300);
    expect(guesses.every(({ authFailures }) => (authFailures as number) >= 1)).toBe(true);
  });
});
