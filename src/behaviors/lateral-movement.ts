/**
 * An own host that goes from host to host over administration ports.
 */
import { ADMINISTRATION_PORTS } from '../domain/service-ports.js';
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const lateralMovement: BehaviorDefinition = {
  name: 'Lateral movement',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'own',
      when: [
        { feature: 'administration_hosts', atLeast: 6, timesUpper: 1.5 },
        { feature: 'failed_share', atMost: 0.6 },
      ],
      severity: 'medium',
      technique: TECHNIQUES.remoteServices,
      benign: 'An administrator at work, or a software rollout.',
      tells: ({ columns: c }, rows) =>
        rows.filter((row) => ADMINISTRATION_PORTS.has(c.destinationPort[row]!)),
    },
  ],
  sentence: ({ entity, facts, amount, span }) =>
    `${subject(entity)} contacted ${amount} hosts on administration ports${facts.port < 0 ? '' : ` such as ${String(facts.port)}`} in ${span}`,
  checks: [
    'Is an administrator at work, or a software rollout under way?',
    'Which account was used, and did it log in successfully anywhere?',
    'What did the host do in the hours before: a new login, a strange download?',
    'If nobody owns it: isolate the host and reset the account.',
  ],
};
