/**
 * The MITRE ATT&CK (Enterprise, v15) techniques that behaviors support.
 */
import type { Technique } from '../domain/anomaly.js';

const TACTICS = {
  credentialAccess: { id: 'TA0006', name: 'Credential Access' },
  discovery: { id: 'TA0007', name: 'Discovery' },
  lateralMovement: { id: 'TA0008', name: 'Lateral Movement' },
  commandAndControl: { id: 'TA0011', name: 'Command and Control' },
  exfiltration: { id: 'TA0010', name: 'Exfiltration' },
  impact: { id: 'TA0040', name: 'Impact' },
  initialAccess: { id: 'TA0001', name: 'Initial Access' },
} as const;

/** Techniques by a name of ours. */
export const TECHNIQUES = {
  scanning: { id: 'T1046', name: 'Network Service Discovery', tactic: TACTICS.discovery },
  bruteForce: { id: 'T1110', name: 'Brute Force', tactic: TACTICS.credentialAccess },
  stuffing: { id: 'T1110.004', name: 'Credential Stuffing', tactic: TACTICS.credentialAccess },
  validAccounts: { id: 'T1078', name: 'Valid Accounts', tactic: TACTICS.initialAccess },
  remoteServices: { id: 'T1021', name: 'Remote Services', tactic: TACTICS.lateralMovement },
  denialOfService: { id: 'T1498', name: 'Network Denial of Service', tactic: TACTICS.impact },
  exfiltration: {
    id: 'T1048',
    name: 'Exfiltration Over Alternative Protocol',
    tactic: TACTICS.exfiltration,
  },
  dnsTunnel: { id: 'T1071.004', name: 'Application Layer Protocol: DNS', tactic: TACTICS.commandAndControl },
  hijacking: { id: 'T1496', name: 'Resource Hijacking', tactic: TACTICS.impact },
} as const satisfies Record<string, Technique>;
