/**
 * So many connections to one service that it may give way.
 */
import type { Contribution } from '../domain/anomaly.js';
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { amountAlone } from './phrase.js';
import { TECHNIQUES } from './techniques.js';
import { actor, subject, target } from './wording.js';

export const flood: BehaviorDefinition = {
  name: 'Flood',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'outside',
      when: [{ feature: 'connections_per_service_max', atLeast: 300, timesUpper: 1.5 }],
      crowd: true,
      severity: 'high',
      technique: TECHNIQUES.denialOfService,
      benign: 'A load test, or a proxy that many people share.',
    },
    {
      // From so many that none of them floods by itself: told by whom it hits.
      kind: 'host',
      actor: 'own',
      when: [
        { feature: 'in_hosts', atLeast: 1000, timesUpper: 5 },
        { feature: 'in_connections', timesUpper: 3 },
        { feature: 'in_failed_share', atLeast: 0.5 },
      ],
      severity: 'high',
      technique: TECHNIQUES.denialOfService,
      benign:
        'A service that became popular and is overloaded, or one whose address was published by mistake.',
    },
    {
      kind: 'pair',
      actor: 'own',
      when: [{ feature: 'pair_connections', atLeast: 300, timesUpper: 1.5 }],
      severity: 'high',
      technique: TECHNIQUES.denialOfService,
      benign: 'A load test, or a program that retries without pause.',
    },
  ],
  sentence: ({ entity, facts, lead, amount, span }) =>
    isHit(lead)
      ? `${amount} hosts connected to ${subject(entity)}${facts.port < 0 ? '' : ` port ${String(facts.port)}`} in ${span}`
      : `${actor(entity, facts)} opened ${amount} connections to ${target(entity, facts)} in ${span}`,
  usually: ['opens', 'open'],
  usualSentence: (lead, usual) => (isHit(lead) ? `usually ${amountAlone(usual)} do` : undefined),
  checks: [
    'Does the target still answer? Look at its own monitoring first.',
    'Is a load test or a deployment under way?',
    'One source or many? Many at once point to a distributed attack: call the provider.',
    'If the source is your own host, treat it as compromised or as a program that runs wild.',
  ],
};

/** Told by whom it hits, not by who does it. */
function isHit({ feature }: Contribution): boolean {
  return feature === 'in_hosts';
}
