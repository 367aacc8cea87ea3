import fc from 'fast-check';
import { Flag } from '../../src/domain/events.js';
import type { EntityKind, FeatureMatrix } from '../../src/domain/matrix.js';
import { CATALOGUE, featureNamed, featuresOf } from '../../src/features/catalogue.js';
import { FeatureEngine, type WindowFeatures } from '../../src/features/engine.js';
import { featureOptions } from '../../src/features/options.js';
import { windowOf, type TestEvent } from './event-builder.js';

const options = featureOptions.parse({});

function compute(events: readonly TestEvent[]): WindowFeatures {
  return new FeatureEngine(options).compute(windowOf(events));
}

function value(features: WindowFeatures, kind: EntityKind, entity: string, feature: string): number {
  const matrix = features.matrices[kind];
  const row = matrix.entities.findIndex(({ id }) => id === entity);
  expect(row).toBeGreaterThanOrEqual(0);
  return matrix.values[row * matrix.features.length + matrix.features.indexOf(feature)]!;
}

describe('catalogue', () => {
  it('declares at least 40 features with unique names, each of its own kind', () => {
    expect(CATALOGUE.length).toBeGreaterThanOrEqual(40);
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    for (const kind of ['host', 'pair', 'user', 'service'] as const) {
      expect(featuresOf(kind).every((feature) => feature.kind === kind)).toBe(true);
    }
    expect(() => featureNamed('no_such')).toThrow('no_such');
  });
});

describe('FeatureEngine', () => {
  it('counts connections, bytes, packet sizes and durations of a host as source', () => {
    const features = compute([
      {
        source: '10.0.0.1',
        destination: '10.0.0.9',
        port: 443,
        bytesOut: 100,
        bytesIn: 900,
        packetsOut: 2,
        packetsIn: 3,
        seconds: 1,
      },
      {
        source: '10.0.0.1',
        destination: '10.0.0.8',
        port: 80,
        bytesOut: 300,
        bytesIn: 100,
        packetsOut: 2,
        packetsIn: 2,
        seconds: 3,
      },
    ]);
    const host = (feature: string): number => value(features, 'host', '10.0.0.1', feature);
    expect(host('connections')).toBe(2);
    expect(host('bytes_out')).toBe(400);
    expect(host('bytes_in')).toBe(1000);
    expect(host('packet_size_out')).toBe(100);
    expect(host('packet_size_in')).toBe(200);
    expect(host('flow_size_mean')).toBe(700);
    expect(host('bytes_out_max')).toBe(300);
    expect(host('bytes_out_share')).toBeCloseTo(400 / 1400, 6);
    expect(host('duration_mean')).toBe(2);
    expect(host('duration_sd')).toBeCloseTo(Math.SQRT2, 6);
    expect(host('hosts_contacted')).toBe(2);
    expect(host('port_entropy')).toBe(1);
    expect(host('connections_1d')).toBe(2);
  });

  it('tells a sweep from a scan', () => {
    const sweep = Array.from({ length: 30 }, (_, i): TestEvent => ({
      source: 'a',
      destination: `10.0.1.${String(i)}`,
      port: 445,
      outcome: 'failure',
    }));
    const scan = Array.from({ length: 40 }, (_, i): TestEvent => ({
      source: 'b',
      destination: '10.0.1.1',
      port: i + 1,
      outcome: 'failure',
    }));
    const features = compute([...sweep, ...scan]);
    expect(value(features, 'host', 'a', 'hosts_per_port_max')).toBe(30);
    expect(value(features, 'host', 'a', 'ports_per_host_max')).toBe(1);
    expect(value(features, 'host', 'b', 'hosts_per_port_max')).toBe(1);
    expect(value(features, 'host', 'b', 'ports_per_host_max')).toBe(40);
    expect(value(features, 'host', 'b', 'failed_share')).toBe(1);
    expect(value(features, 'host', 'b', 'connections_per_service_max')).toBe(1);
  });

  it('counts what failed at one target by itself, whatever else succeeds', () => {
    const to = (port: number, i: number, outcome: 'success' | 'failure'): TestEvent => ({
      source: 'a',
      destination: `10.0.1.${String(i)}`,
      port,
      outcome,
    });
    const features = compute([
      ...Array.from({ length: 6 }, (_, i) => to(445, i, i < 4 ? 'failure' : 'success')),
      ...Array.from({ length: 9 }, (_, i) => to(1000 + i, 1, i < 7 ? 'failure' : 'success')),
      ...Array.from({ length: 50 }, (_, i) => to(443, i, 'success')),
    ]);
    expect(value(features, 'host', 'a', 'failed_hosts_per_port_max')).toBe(4);
    // Port 445 of the second host failed as well.
    expect(value(features, 'host', 'a', 'failed_ports_per_host_max')).toBe(8);
    expect(value(features, 'host', 'a', 'hosts_per_port_max')).toBe(50);
    const login = compute([{ kind: 'auth', source: 'a', destination: 'b', user: 'eve' }]);
    expect(value(login, 'host', 'a', 'failed_hosts_per_port_max')).toBeNaN();
  });

  it('keeps missing apart from zero', () => {
    const features = compute([{ source: 'a', destination: 'b', port: 80 }]);
    expect(value(features, 'host', 'a', 'bytes_out')).toBeNaN();
    expect(value(features, 'host', 'a', 'dns_queries')).toBeNaN();
    expect(value(features, 'host', 'a', 'failed')).toBe(0);
    const withDns = compute([
      { source: 'a', destination: 'b', port: 80 },
      { kind: 'dns', source: 'c', destination: 'd', port: 53, name: 'x.example.com', domain: 'example.com' },
    ]);
    expect(value(withDns, 'host', 'a', 'dns_queries')).toBe(0);
    expect(value(withDns, 'host', 'a', 'dns_name_length')).toBeNaN();
    expect(value(withDns, 'host', 'c', 'connections')).toBe(0);
  });

  it('reads DNS, HTTP, TLS and logins', () => {
    const names = Array.from({ length: 5 }, (_, i): TestEvent => ({
      kind: 'dns',
      source: 'a',
      destination: 'r',
      port: 53,
      name: `${'q'.repeat(20)}${String(i)}.t.example`,
      domain: 't.example',
      flags: i === 0 ? Flag.nxdomain : 0,
    }));
    const features = compute([
      ...names,
      {
        kind: 'http',
        source: 'a',
        destination: 'w',
        port: 80,
        flags: Flag.upload,
        status: 500,
        agent: 'curl',
      },
      {
        kind: 'tls',
        source: 'a',
        destination: 'w',
        port: 443,
        flags: Flag.invalidCertificate | Flag.noServerName,
      },
      { kind: 'ssh', source: 'a', destination: 's', port: 22, failures: 3, user: 'root', outcome: 'failure' },
      { kind: 'auth', source: 'a', destination: 's', user: 'alice', outcome: 'success' },
    ]);
    const host = (feature: string): number => value(features, 'host', 'a', feature);
    expect(host('dns_queries')).toBe(5);
    expect(host('dns_subdomains_max')).toBe(5);
    expect(host('dns_nxdomain_share')).toBeCloseTo(0.2, 6);
    expect(host('dns_name_length')).toBe(31);
    expect(host('http_upload_share')).toBe(1);
    expect(host('http_error_share')).toBe(1);
    expect(host('tls_invalid_share')).toBe(1);
    expect(host('logins')).toBe(2);
    expect(host('login_failures')).toBe(3);
    expect(host('login_users')).toBe(2);
    expect(value(features, 'user', 'root', 'user_login_failures')).toBe(3);
    expect(value(features, 'user', 'alice', 'user_login_successes')).toBe(1);
  });

  it('names pairs and services, IPv6 in brackets, and scores own services only', () => {
    const features = compute([
      { source: 'fd00::1', destination: 'fd00::2', port: 443, destinationOwn: true },
      { source: 'fd00::1', destination: '2001:db8::5', port: 443 },
    ]);
    expect(features.matrices.pair.entities.map(({ id }) => id)).toEqual([
      'fd00::1>[fd00::2]:443/tcp',
      'fd00::1>[2001:db8::5]:443/tcp',
    ]);
    expect(features.matrices.service.entities).toEqual([
      { kind: 'service', id: '[fd00::2]:443/tcp', destination: 'fd00::2', port: 443, transport: 'tcp' },
    ]);
    expect(Array.from(features.rowsOf(features.matrices.pair.entities[1]!))).toEqual([1]);
  });

  it('gives one row to a host that acts and is visited', () => {
    const features = compute([
      { source: '10.0.0.1', destination: '10.0.0.2', port: 1, destinationOwn: true },
      { source: '10.0.0.2', destination: '10.0.0.1', port: 2, destinationOwn: true },
    ]);
    expect(features.matrices.host.entities).toHaveLength(2);
    expect(value(features, 'host', '10.0.0.2', 'in_connections')).toBe(1);
    expect(value(features, 'host', '10.0.0.2', 'connections')).toBe(1);
  });

  it('counts what happens outside working hours in the zone of the site', () => {
    const night = { ...options, workHours: { ...options.workHours, timeZone: 'America/New_York' } };
    // 2017-07-17 12:00 UTC is a Monday, 08:00 in New York and 05:00 in Los Angeles.
    const noon = Date.UTC(2017, 6, 17, 12) / 300_000;
    const events = windowOf([{ source: 'a', destination: 'b', port: 1 }], noon);
    const count = (zone: string): number => {
      const engine = new FeatureEngine({ ...night, workHours: { ...night.workHours, timeZone: zone } });
      return value(engine.compute(events), 'host', 'a', 'off_hours_connections');
    };
    expect(count('America/New_York')).toBe(0);
    expect(count('America/Los_Angeles')).toBe(1);
  });

  it('gives the same values whatever the order of the events', () => {
    const event = fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      destination: fc.constantFrom('x', 'y', 'z', 'a'),
      port: fc.integer({ min: 0, max: 5 }),
      bytesOut: fc.integer({ min: 0, max: 1000 }),
      destinationOwn: fc.boolean(),
      outcome: fc.constantFrom('success' as const, 'failure' as const),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer(), (events, seed) => {
        const shuffled = [...events].sort((a, b) => ((a.port * seed) % 7) - ((b.port * seed) % 7));
        expect(rowsByEntity(compute(shuffled))).toEqual(rowsByEntity(compute(events)));
      }),
    );
  });
});

function rowsByEntity(features: WindowFeatures): Record<string, Record<string, number[]>> {
  const rows = (matrix: FeatureMatrix): Record<string, number[]> =>
    Object.fromEntries(
      matrix.entities.map(({ id }, row) => [
        id,
        Array.from(matrix.values.subarray(row * matrix.features.length, (row + 1) * matrix.features.length)),
      ]),
    );
  return Object.fromEntries(Object.values(features.matrices).map((matrix) => [matrix.kind, rows(matrix)]));
}
