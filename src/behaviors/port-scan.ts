/**
 * One host that tries many ports of others.
 */
import { type BehaviorDefinition, countsFailures, INTRUSION } from './behavior.js';
import { failuresAtOne, MANY_FAIL } from './failures.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const portScan: BehaviorDefinition = {
  name: 'Port scan',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'any',
      when: [{ feature: 'ports_per_host_max', atLeast: 15, timesUpper: 1.5 }, MANY_FAIL],
      severity: 'high',
      technique: TECHNIQUES.scanning,
      benign: 'A vulnerability scanner that is allowed to do so.',
    },
    {
      kind: 'host',
      actor: 'any',
      when: [{ feature: 'failed_ports_per_host_max', atLeast: 30, timesUpper: 3 }],
      severity: 'medium',
      technique: TECHNIQUES.scanning,
      benign: 'A vulnerability scanner that is allowed to do so, or a monitoring server.',
      tells: failuresAtOne('destination', 'destinationPort'),
    },
    {
      kind: 'host',
      actor: 'any',
      when: [
        { feature: 'ports_contacted_1d', atLeast: 30 },
        { feature: 'failed_1d', shareOf: { feature: 'connections_1d', atLeast: 0.5 } },
      ],
      severity: 'medium',
      slow: true,
      technique: TECHNIQUES.scanning,
      benign: 'Peer-to-peer software, or a search engine for exposed services.',
    },
  ],
  sentence: ({ entity, facts, lead, amount, span }) =>
    `${subject(entity)} ${countsFailures(lead.feature) ? 'failed to connect to' : 'tried'} ${amount} ports${facts.destinationShare > 0.8 ? ` of ${facts.destination}` : ''} in ${span}`,
  usually: ['tries', 'try'],
  checks: [
    'Is the host an approved vulnerability scanner, and is now its scan window?',
    'Which ports of the target answered, and does anything connect to them afterwards?',
    'If the scanner is outside: is the target meant to be reachable from the internet?',
    'If it is inside and nobody owns it: isolate the host.',
  ],
};
