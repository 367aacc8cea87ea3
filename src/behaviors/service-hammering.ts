/**
 * A client that keeps connecting to a service in vain.
 */
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { actor, target } from './wording.js';

export const serviceHammering: BehaviorDefinition = {
  name: 'Service hammering',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'outside',
      when: [
        { feature: 'service_connections_1d', atLeast: 80 },
        { feature: 'failed_1d', shareOf: { feature: 'connections_1d', atLeast: 0.6 } },
      ],
      severity: 'medium',
      slow: true,
      benign: 'A client of a service that has moved or is down.',
    },
    {
      kind: 'pair',
      actor: 'own',
      transport: 'tcp',
      when: [
        { feature: 'pair_connections_1d', atLeast: 80 },
        { feature: 'pair_failed_1d', shareOf: { feature: 'pair_connections_1d', atLeast: 0.6 } },
      ],
      severity: 'medium',
      slow: true,
      benign: 'A client of a service that has moved or is down.',
    },
  ],
  sentence: ({ entity, facts, amount, span }) =>
    `${actor(entity, facts)} made ${amount} connections to ${target(entity, facts)} in ${span}, most of them failed`,
  usually: ['makes', 'make'],
  checks: [
    'Is the service down, moved or renamed? Its clients often just keep trying.',
    'What does the source run that uses this service, and since when?',
    'If it is a login service, look for failed logins of the same source.',
  ],
};
