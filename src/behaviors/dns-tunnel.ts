/**
 * Data in the names that a host asks for.
 */
import { EventKind } from '../domain/events.js';
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const dnsTunnel: BehaviorDefinition = {
  name: 'DNS tunnel',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'own',
      when: [
        { feature: 'dns_subdomains_max', atLeast: 40, timesUpper: 1.5 },
        { feature: 'dns_name_length', atLeast: 28 },
      ],
      severity: 'high',
      technique: TECHNIQUES.dnsTunnel,
      benign: 'Reputation lookups of a mail or antivirus product.',
      tells: ({ columns: c }, rows) => rows.filter((row) => c.kind[row] === EventKind.dns),
    },
  ],
  sentence: ({ entity, facts, amount, span }) =>
    `${subject(entity)} asked for ${amount} different names${facts.domain === '' ? '' : ` under ${facts.domain}`} in ${span}`,
  // Its own resolver forwards it.
  isFarSide: () => true,
  checks: [
    'Who owns the domain, and since when does it exist?',
    'Mail and antivirus products ask for such names too: is the domain one of theirs?',
    'Which process asks? Block the domain at the resolver if nobody knows it.',
  ],
};
