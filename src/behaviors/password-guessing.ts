/**
 * Many passwords tried at a few accounts.
 */
import { type BehaviorDefinition, LOGIN_INTRUSION, type SentenceInput } from './behavior.js';
import { pastOf } from './phrase.js';
import { TECHNIQUES } from './techniques.js';
import { subject, where } from './wording.js';

export const passwordGuessing: BehaviorDefinition = {
  name: 'Password guessing',
  category: LOGIN_INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'any',
      when: [{ feature: 'login_failures', atLeast: 10, timesUpper: 1.5 }],
      crowd: true,
      severity: 'high',
      technique: TECHNIQUES.bruteForce,
      benign: 'A program with an expired password.',
    },
    {
      // A guess that succeeded is no longer an attempt; a person who got the password wrong gives up before 20.
      kind: 'host',
      actor: 'any',
      when: [
        { feature: 'login_failures', atLeast: 20, timesUpper: 1.5 },
        { feature: 'login_successes', atLeast: 1 },
        // With more names it is credential stuffing.
        { feature: 'login_users_1d', atMost: 11 },
      ],
      severity: 'critical',
      technique: TECHNIQUES.bruteForce,
      benign: 'Somebody who remembered a password at last, or many people behind one address.',
    },
    {
      kind: 'host',
      actor: 'any',
      when: [
        { feature: 'login_failures_1d', atLeast: 40 },
        { feature: 'login_failures_1d', shareOf: { feature: 'logins_1d', atLeast: 0.5 } },
      ],
      severity: 'medium',
      slow: true,
      technique: TECHNIQUES.bruteForce,
      benign: 'A program with an expired password.',
    },
    {
      kind: 'host',
      actor: 'outside',
      when: [{ feature: 'logins_1d', atLeast: 60 }],
      severity: 'medium',
      slow: true,
      technique: TECHNIQUES.bruteForce,
      benign: 'A partner or a deployment system that logs in often.',
    },
    {
      kind: 'user',
      actor: 'any',
      when: [
        { feature: 'user_failures_1d', atLeast: 30 },
        { feature: 'user_login_failures', atLeast: 3, timesUpper: 1.5 },
      ],
      crowd: true,
      // Its sources are told by themselves, and severer; this is what comes from everywhere.
      severity: 'low',
      slow: true,
      technique: TECHNIQUES.bruteForce,
      benign: 'A program with an expired password.',
    },
  ],
  sentence: (input) => {
    const { entity, facts, lead, amount, span, phrase } = input;
    return entity.kind === 'user'
      ? `${subject(entity)} had ${amount} failed logins in ${span}`
      : `${subject(entity)} ${pastOf(phrase(lead.feature), amount)}${where(facts)} in ${span}${gotIn(input)}`;
  },
  isFarSide: ({ kind }) => kind === 'user',
  checks: [
    'Was any attempt successful? Look for a login of the same source after the failures.',
    'One user name or many? One often is a program with an expired password.',
    'Block the source at the firewall if it is outside; reset the passwords it got right.',
  ],
};

/** That a guess succeeded, and whose name it was. */
function gotIn({ lead: { feature }, facts: { user }, value }: SentenceInput): string {
  if (!feature.startsWith('login_failures') || !(value('login_successes') > 0)) return '';
  return ` and got in${user === '' ? '' : ` as ${user}`}`;
}
