/**
 * An account in use again after days without a login.
 */
import { type BehaviorDefinition, LOGIN_INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const dormantAccount: BehaviorDefinition = {
  name: 'Dormant account in use',
  category: LOGIN_INTRUSION,
  rules: [
    {
      kind: 'user',
      actor: 'any',
      when: [
        { feature: 'user_idle_days', atLeast: 5 },
        { feature: 'user_login_successes', atLeast: 1 },
      ],
      severity: 'medium',
      technique: TECHNIQUES.validAccounts,
      benign: 'Somebody back from holidays.',
    },
  ],
  sentence: ({ entity, facts, amount }) =>
    `${subject(entity)} logged in from ${facts.source === '' ? 'an unknown host' : facts.source} after ${amount} without a login`,
  checks: [
    'Ask the owner, or the manager, whether it was they, over another way than mail.',
    'Is the source host one the account used before?',
    'If nobody confirms it: disable the account and look at what it touched.',
  ],
};
