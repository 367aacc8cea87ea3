/**
 * One host that tries many hosts on the same port.
 */
import { type BehaviorDefinition, countsFailures, INTRUSION } from './behavior.js';
import { failuresAtOne, MANY_FAIL } from './failures.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const hostSweep: BehaviorDefinition = {
  name: 'Host sweep',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'any',
      when: [{ feature: 'hosts_per_port_max', atLeast: 20, timesUpper: 1.5 }, MANY_FAIL],
      severity: 'high',
      technique: TECHNIQUES.scanning,
      benign: 'An inventory or vulnerability scanner, or a monitoring server after a network change.',
    },
    {
      // Good connections to somebody else hide no sweep: more has to fail then, and it is told milder.
      kind: 'host',
      actor: 'any',
      when: [{ feature: 'failed_hosts_per_port_max', atLeast: 60, timesUpper: 3 }],
      severity: 'medium',
      technique: TECHNIQUES.scanning,
      benign: 'A resolver, mail server or crawler that many others do not answer.',
      tells: failuresAtOne('destinationPort', 'destination'),
    },
  ],
  sentence: ({ entity, facts, lead, amount, span }) =>
    `${subject(entity)} ${countsFailures(lead.feature) ? 'failed to connect to' : 'contacted'} ${amount} hosts ${facts.port < 0 ? 'by ICMP' : `on port ${String(facts.port)}`} in ${span}`,
  checks: [
    'Is the host an approved scanner, an inventory or a monitoring server?',
    'Did any contacted host answer? Look for connections of it that succeeded on the same port.',
    'Which process or user started it, and was anything installed there shortly before?',
    'If nobody owns it: isolate the host, then look for the same sweep from its neighbors.',
  ],
};
