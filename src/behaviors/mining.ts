/**
 * A long connection to a port that mining pools use.
 */
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { actor, target } from './wording.js';

/** Ports that mining pools commonly serve. */
const POOL_PORTS = [3333, 3334, 3335, 4444, 5555, 7777, 9999, 14433, 14444, 45560, 45700] as const;

export const mining: BehaviorDefinition = {
  name: 'Mining',
  category: INTRUSION,
  rules: [
    {
      kind: 'pair',
      actor: 'own',
      transport: 'tcp',
      ports: POOL_PORTS,
      when: [
        { feature: 'pair_duration_max', atLeast: 120 },
        { feature: 'pair_failed_share', atMost: 0.5 },
      ],
      severity: 'medium',
      technique: TECHNIQUES.hijacking,
      benign: 'A development server on one of these ports.',
    },
  ],
  sentence: ({ entity, facts, amount }) =>
    `${actor(entity, facts)} talked to ${target(entity, facts)}, a port that mining pools use, for ${amount}`,
  usually: ['talks for', 'talk for'],
  checks: [
    'Which process holds the connection, and how busy are the processors?',
    'Is the destination a known mining pool?',
    'How did it get there? Look for a new login or an exploited service before the first contact.',
  ],
};
