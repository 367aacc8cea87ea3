/**
 * Many accounts tried, one of which let somebody in.
 */
import { type BehaviorDefinition, LOGIN_INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

export const credentialStuffing: BehaviorDefinition = {
  name: 'Credential stuffing',
  category: LOGIN_INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'any',
      when: [
        { feature: 'login_users_1d', atLeast: 12 },
        { feature: 'login_failures_1d', atLeast: 12, shareOf: { feature: 'logins_1d', atLeast: 0.5 } },
        { feature: 'login_successes', atLeast: 1 },
      ],
      severity: 'critical',
      slow: true,
      technique: TECHNIQUES.stuffing,
      benign: 'A shared terminal server or proxy on a day of many expired passwords.',
    },
  ],
  sentence: ({ entity, value, facts, amount, span }) =>
    `${subject(entity)} tried ${amount} user names in ${span} and got in as ${facts.user === '' ? 'one of them' : facts.user} (${String(value('login_successes'))} successful)`,
  checks: [
    'Lock the account that let it in, end its sessions and reset its password now.',
    'What did the account do after the login? Look at its hosts and commands.',
    'Block the source and look for other successful logins from it.',
  ],
};
