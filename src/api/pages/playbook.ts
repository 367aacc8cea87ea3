/**
 * What to check next, per behavior: short enough for three in the morning, in the order
 * in which the answers usually come.
 */
import type { Behavior } from '../../domain/anomaly.js';
import type { SubjectKind } from '../../domain/matrix.js';
import { BEHAVIOR_RULES } from '../../decide/behaviors.js';

const CHECKS: Readonly<Record<Behavior, readonly string[]>> = {
  host_sweep: [
    'Is the host an approved scanner, an inventory or a monitoring server?',
    'Did any contacted host answer? Look for connections of it that succeeded on the same port.',
    'Which process or user started it, and was anything installed there shortly before?',
    'If nobody owns it: isolate the host, then look for the same sweep from its neighbors.',
  ],
  port_scan: [
    'Is the host an approved vulnerability scanner, and is now its scan window?',
    'Which ports of the target answered, and does anything connect to them afterwards?',
    'If the scanner is outside: is the target meant to be reachable from the internet?',
    'If it is inside and nobody owns it: isolate the host.',
  ],
  flood: [
    'Does the target still answer? Look at its own monitoring first.',
    'Is a load test or a deployment under way?',
    'One source or many? Many at once point to a distributed attack: call the provider.',
    'If the source is your own host, treat it as compromised or as a program that runs wild.',
  ],
  service_hammering: [
    'Is the service down, moved or renamed? Its clients often just keep trying.',
    'What does the source run that uses this service, and since when?',
    'If it is a login service, look for failed logins of the same source.',
  ],
  password_guessing: [
    'Was any attempt successful? Look for a login of the same source after the failures.',
    'One user name or many? One often is a program with an expired password.',
    'Block the source at the firewall if it is outside; reset the passwords it got right.',
  ],
  credential_stuffing: [
    'Lock the account that let it in, end its sessions and reset its password now.',
    'What did the account do after the login? Look at its hosts and commands.',
    'Block the source and look for other successful logins from it.',
  ],
  dormant_account: [
    'Ask the owner, or the manager, whether it was they, over another way than mail.',
    'Is the source host one the account used before?',
    'If nobody confirms it: disable the account and look at what it touched.',
  ],
  data_theft: [
    'Who owns the destination? Your own cloud storage or backup is the harmless answer.',
    'Which user and process sent it, and is that normal at this hour?',
    'What did the host read from file servers in the hours before?',
    'If nobody can explain it: cut the connection, keep the host running for the analysis.',
  ],
  lateral_movement: [
    'Is an administrator at work, or a software rollout under way?',
    'Which account was used, and did it log in successfully anywhere?',
    'What did the host do in the hours before: a new login, a strange download?',
    'If nobody owns it: isolate the host and reset the account.',
  ],
  dns_tunnel: [
    'Who owns the domain, and since when does it exist?',
    'Mail and antivirus products ask for such names too: is the domain one of theirs?',
    'Which process asks? Block the domain at the resolver if nobody knows it.',
  ],
  mining: [
    'Which process holds the connection, and how busy are the processors?',
    'Is the destination a known mining pool?',
    'How did it get there? Look for a new login or an exploited service before the first contact.',
  ],
  unusual_volume: [
    'Is it a backup, an update or a copy that somebody started?',
    'Does the other end explain it? Look at the largest connections below.',
    'Is the rest of the network quiet at the time, or did all volumes rise?',
  ],
  unusual_pattern: [
    'Read the three features that stand out most: together they usually tell the story.',
    'Did the role of the host change lately: new software, a new owner, an address used again?',
    'Do other hosts show the same at the same time? Then look for a change in the network.',
  ],
  source_health: [
    'Does the sensor or shipper run, and does it reach the cluster? Look at its own log first.',
    'Was it moved, upgraded, replaced, or started a second time?',
    'Did somebody switch it off who should not have? Silence of a sensor can be part of an attack.',
    'Until it is as usual again, what only it sees is not told: watch those hosts another way.',
  ],
};

/** What to check, in order. */
export function checksFor(behavior: Behavior): readonly string[] {
  return CHECKS[behavior];
}

/** A harmless cause that is often the answer, where the rules know one. */
export function benignCauseOf(behavior: Behavior, kind: SubjectKind): string | undefined {
  const rules = BEHAVIOR_RULES.filter((rule) => rule.behavior === behavior);
  return (rules.find((rule) => rule.kind === kind) ?? rules[0])?.benign;
}
