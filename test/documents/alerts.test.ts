import { alertId, alertIndex, toAlertDocument } from '../../src/documents/alerts.js';
import { toAnomalyDocument } from '../../src/documents/anomalies.js';
import type { Anomaly, Episode } from '../../src/domain/anomaly.js';

const OPENED = Date.UTC(2026, 9, 31, 23, 55);
const MINUTE = 60_000;

const EPISODE: Episode = {
  id: 'e1',
  job: 'default',
  site: 'berlin',
  entity: { kind: 'user', id: 'alice', user: 'alice', source: '10.0.0.5' },
  behavior: 'password_guessing',
  severity: 'high',
  score: 0.999,
  anomaly: 'a1',
  reason: 'alice failed 812 logins from 10.0.0.5 in 5 minutes; usually none',
  technique: {
    id: 'T1110.001',
    name: 'Password Guessing',
    tactic: { id: 'TA0006', name: 'Credential Access' },
  },
  contributions: [],
  evidence: [],
  start: OPENED,
  end: OPENED + 10 * MINUTE,
  windows: 2,
  basis: { model: 'm1', rung: 'entity', historyDays: 9, selfTrained: false, degraded: false },
};

describe('alert documents', () => {
  const written = OPENED + 11 * MINUTE;

  it('fit the rule "External Alerts" of Elastic Security', () => {
    expect(toAlertDocument({ episode: EPISODE, change: 'raised' }, written)).toMatchObject({
      '@timestamp': '2026-11-01T00:05:00.000Z',
      message: EPISODE.reason,
      event: {
        kind: 'alert',
        category: ['authentication', 'intrusion_detection', 'network'],
        type: ['info'],
        module: 'elkhound',
        dataset: 'elkhound.alert',
        severity: 73,
        risk_score: 73,
        start: '2026-10-31T23:55:00.000Z',
        end: '2026-11-01T00:05:00.000Z',
        duration: 600_000_000_000,
        ingested: '2026-11-01T00:06:00.000Z',
      },
      rule: { name: 'Password guessing' },
      source: { ip: '10.0.0.5' },
      user: { name: 'alice' },
      related: { ip: ['10.0.0.5'], user: ['alice'] },
      threat: {
        framework: 'MITRE ATT&CK',
        tactic: { id: ['TA0006'] },
        technique: { id: ['T1110'], subtechnique: { id: ['T1110.001'], name: ['Password Guessing'] } },
      },
    });
  });

  it('lie in the month of the opening, and have one id for each severity', () => {
    const longer = { ...EPISODE, end: EPISODE.end + 5 * MINUTE, windows: 3, score: 1 };
    expect(alertIndex(longer)).toBe('elkhound-alerts-2026.10');
    expect(alertId(longer)).toBe(alertId(EPISODE));
    expect(alertId({ ...EPISODE, severity: 'critical' })).not.toBe(alertId(EPISODE));
    expect(alertId({ ...EPISODE, job: 'other' })).not.toBe(alertId(EPISODE));
  });

  it.each([
    ['10.0.0.5', { host: { ip: ['10.0.0.5'] }, source: { ip: '10.0.0.5', address: '10.0.0.5' } }],
    ['laptop-7', { host: { name: 'laptop-7' }, source: { address: 'laptop-7' } }],
    ['fe80::1%eth0', { host: { name: 'fe80::1%eth0' }, source: { address: 'fe80::1%eth0' } }],
  ])('write %s as an address only where an ip field takes it', (id, expected) => {
    const entity = { kind: 'host', id, source: id } as const;
    const document = toAlertDocument({ episode: { ...EPISODE, entity }, change: 'opened' }, written);
    expect({ host: document.host, source: document.source }).toEqual(expected);
  });

  it('name no host where many are taken together', () => {
    const entity = { kind: 'host', id: '(other outside hosts)', others: 3_912_004 } as const;
    const document = toAlertDocument({ episode: { ...EPISODE, entity }, change: 'opened' }, written);
    expect(document).not.toHaveProperty('host');
    expect(document).not.toHaveProperty('source');
    expect(document.related).toEqual({ ip: [], user: [], hosts: [] });
    expect(document.elkhound.entity).toMatchObject({ id: '(other outside hosts)', others: 3_912_004 });
  });

  it('name the ends and the service of a pair', () => {
    const anomaly: Anomaly = {
      ...EPISODE,
      entity: {
        kind: 'pair',
        id: 'p',
        source: '10.0.0.5',
        destination: '2001:db8::9',
        port: 443,
        transport: 'tcp',
      },
      window: { start: OPENED, end: OPENED + 5 * MINUTE },
      grade: 0.5,
      detectors: [],
      episode: 'e1',
      labels: [],
      revision: 1,
      status: 'active',
    };
    expect(toAnomalyDocument(anomaly)).toMatchObject({
      event: { kind: 'event', dataset: 'elkhound.anomaly' },
      source: { ip: '10.0.0.5' },
      destination: { ip: '2001:db8::9', port: 443 },
      network: { transport: 'tcp' },
      related: { ip: ['10.0.0.5', '2001:db8::9'], hosts: [] },
      elkhound: { window: { length_ms: 300_000 }, entity: { names: ['p', '10.0.0.5', '2001:db8::9'] } },
    });
  });
});
