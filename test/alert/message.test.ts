import fc from 'fast-check';
import { episodesOf } from '../contract/arbitraries.js';
import { MAX_BODY_BYTES, webhookBody } from '../../src/alert/message.js';
import type { Notification } from '../../src/alert/ports.js';
import { CONTEXT, episode, NOW_MS, notification } from './episode.js';

const parsed = (given: Notification, context = CONTEXT): { type: string; data: Record<string, unknown> } =>
  JSON.parse(webhookBody(given, context)) as { type: string; data: Record<string, unknown> };

describe('webhookBody', () => {
  it('says that a source is as expected again', () => {
    const { change, ...rest } = notification();
    const { episode } = change;
    const body = parsed({ ...rest, change: { episode, change: 'resolved' } }) as {
      type: string;
      data: { status: string; summary: string };
    };
    expect([body.type, body.data.status, body.data.summary]).toEqual([
      'episode.resolved',
      'resolved',
      `Resolved: ${episode.reason}`,
    ]);
  });

  it('tells what, why, since when and what to do', () => {
    expect(parsed(notification())).toEqual({
      type: 'episode.opened',
      timestamp: '2026-11-23T02:10:00.001Z',
      data: {
        summary:
          'High host sweep: 10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3',
        status: 'open',
        severity: 'high',
        behavior: 'host_sweep',
        entity: { kind: 'host', id: '10.0.0.5', source: '10.0.0.5' },
        site: 'default',
        job: 'default',
        since: '2026-11-23T02:00:00.000Z',
        until: '2026-11-23T02:05:00.000Z',
        windows: 1,
        score: 0.999123,
        whyStrange: [
          {
            label: 'most hosts on one port',
            actual: 812,
            typical: 3,
            usuallyAtMost: 9,
            unit: 'hosts',
            shareOfScore: 0.7,
            feature: 'hosts_per_port_max',
          },
          {
            label: 'failed connections',
            actual: 0.833333,
            typical: null,
            usuallyAtMost: null,
            unit: 'share',
            shareOfScore: 0.3,
            feature: 'failed_share',
          },
        ],
        technique: {
          id: 'T1046',
          name: 'Network Service Discovery',
          tactic: { id: 'TA0007', name: 'Discovery' },
          url: 'https://attack.mitre.org/techniques/T1046/',
        },
        whatToCheck: ['Is the host an approved scanner?', 'Which process started it?'],
        mayBeHarmless: 'An inventory scanner.',
        links: { anomaly: `https://soc.example.org/elkhound/anomalies/${'a'.repeat(32)}` },
        evidence: [
          {
            time: '2026-11-23T02:06:00.000Z',
            summary: '10.0.0.5 → 10.0.9.1:445 tcp rejected',
            source: 'conn.log',
            line: 17,
          },
          {
            time: '2026-11-23T02:06:10.000Z',
            summary: '10.0.0.5 → 10.0.9.2:445 tcp rejected',
            index: 'logs-zeek',
            id: 'v2',
          },
        ],
        basis: {
          comparedWith: 'entity',
          historyDays: 10.04,
          selfTrained: false,
          degraded: false,
          model: 'm1',
        },
        episode: 'episode-soc-0001',
        anomaly: 'a'.repeat(32),
      },
    });
  });

  it('says the summary first of all data', () => {
    expect(Object.keys(parsed(notification()).data)[0]).toBe('summary');
  });

  it('says in the first words that a severity rose', () => {
    const change = { change: 'raised', episode: episode({ severity: 'critical' }) } as const;
    const { type, data } = parsed({ ...notification(), change });
    expect([type, data.summary]).toEqual([
      'episode.raised',
      expect.stringMatching(/^Raised to critical: host sweep: 10\.0\.0\.5/),
    ]);
  });

  it('leaves out what is not known', () => {
    const { technique: _, ...plain } = episode();
    const bare = { checksFor: () => [], benignCauseOf: () => undefined };
    const { data } = parsed({ ...notification(), change: { change: 'opened', episode: plain } }, bare);
    expect(Object.keys(data)).toEqual(expect.not.arrayContaining(['links', 'technique', 'mayBeHarmless']));
  });

  it('links to a sub-technique and to pages at the root of a host', () => {
    const technique = {
      id: 'T1110.004',
      name: 'Credential Stuffing',
      tactic: { id: 'TA0006', name: 'Credential Access' },
    };
    const { data } = parsed(notification(1, 'soc', { technique }), {
      ...CONTEXT,
      baseUrl: 'http://127.0.0.1:4600',
    });
    expect(data).toMatchObject({
      technique: { url: 'https://attack.mitre.org/techniques/T1110/004/' },
      links: { anomaly: `http://127.0.0.1:4600/anomalies/${'a'.repeat(32)}` },
    });
  });

  it('takes the teeth out of text that an attacker wrote', () => {
    const { data } = parsed(notification(1, 'soc', { reason: '\u001b[2Jfoo\u202Etxt\u0000\nbar\ud83d' }));
    expect(data.summary).toBe('High host sweep: [2Jfoo txt  bar\ufffd'.replace(': [', ':  ['));
  });

  it('stays below its bound and is JSON, whatever an episode holds', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('"', '\\', '語', '🐕', '\u0001', '\ud800', 'x'),
      minLength: 300,
      maxLength: 2000,
    });
    fc.assert(
      fc.property(
        episodesOf('default'),
        hostile,
        fc.constantFrom('opened', 'raised'),
        (given, text, change) => {
          const evidence = Array.from({ length: 10 }, (_, place) => ({
            id: text,
            index: text,
            source: text,
            place,
            timeMs: NOW_MS,
            summary: text,
          }));
          const contributions = Array.from({ length: 8 }, () => ({
            feature: text,
            label: text,
            unit: text,
            actual: 1 / 3,
            typical: NaN,
            upper: 1e300 / 3,
            share: 0.5,
          }));
          const entity = {
            kind: 'pair',
            id: text,
            source: text,
            destination: text,
            transport: text,
            user: text,
            port: 1,
          } as const;
          const large = {
            ...given,
            reason: text,
            site: text,
            job: text,
            entity,
            evidence,
            contributions,
            basis: { ...given.basis, model: text },
          };
          const body = webhookBody(
            { ...notification(), change: { change, episode: large } },
            {
              ...CONTEXT,
              checksFor: () => Array.from({ length: 20 }, () => text),
              benignCauseOf: () => text,
            },
          );
          expect(Buffer.byteLength(body)).toBeLessThan(MAX_BODY_BYTES);
          expect(JSON.parse(body)).toMatchObject({ type: `episode.${change}` });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells what else was found, of now or of the past, as far as there is room', () => {
    const others = Array.from({ length: 500 }, (_, n) => notification(n, 'soc', { reason: 'x'.repeat(200) }));
    const body = webhookBody(notification(), CONTEXT, others);
    expect(Buffer.byteLength(body)).toBeLessThan(MAX_BODY_BYTES);
    const { data } = JSON.parse(body) as { data: { alsoFound: object[]; moreFound: number } };
    expect(data.alsoFound.length).toBeGreaterThan(10);
    expect(data.alsoFound.length + data.moreFound).toBe(500);
    expect(data.alsoFound[0]).toMatchObject({ episode: others[0]!.change.episode.id });
    expect(webhookBody(notification(), CONTEXT)).not.toContain('alsoFound');
    const past = notification(1, 'soc', { end: NOW_MS - 2 * 3_600_000 });
    expect(webhookBody(past, CONTEXT, [past])).toContain('alsoFoundOfThePast');
  });
});
