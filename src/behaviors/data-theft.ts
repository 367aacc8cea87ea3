/**
 * Much that an own host sends outside.
 */
import { Flag, type EventTable } from '../domain/events.js';
import { type BehaviorDefinition, INTRUSION } from './behavior.js';
import { TECHNIQUES } from './techniques.js';
import { subject } from './wording.js';

const MB = 1_000_000;
/** Part of all that was sent that makes an upload a large one. */
const LARGE_SHARE = 0.01;

export const dataTheft: BehaviorDefinition = {
  name: 'Data theft',
  category: INTRUSION,
  rules: [
    {
      kind: 'host',
      actor: 'own',
      when: [
        { feature: 'bytes_out_external', atLeast: 100 * MB, timesUpper: 3 },
        // Of what goes out and comes in: what was gathered from own servers before does not hide it.
        { feature: 'bytes_out_external_share', atLeast: 0.7 },
      ],
      severity: 'high',
      technique: TECHNIQUES.exfiltration,
      benign: 'A first backup to the cloud, or a large upload that somebody meant.',
      tells: largeUploads,
    },
    {
      // Over a day, and whatever came back: neither patience nor an answer as large hides it.
      kind: 'host',
      actor: 'own',
      when: [
        { feature: 'bytes_out_external_1d', atLeast: 1000 * MB, timesUpper: 3 },
        // It goes on in this window, with half of what it comes to where it is spread evenly.
        { feature: 'bytes_out_external', shareOf: { feature: 'bytes_out_external_1d', atLeast: 0.002 } },
      ],
      severity: 'medium',
      slow: true,
      technique: TECHNIQUES.exfiltration,
      benign: 'A first backup to the cloud, a day of video calls, or a speed test.',
      tells: largeUploads,
    },
  ],
  sentence: ({ entity, facts, amount, span }) =>
    `${subject(entity)} sent ${amount} to outside hosts${facts.destinationShare > 0.5 ? `, mostly ${facts.destination}` : ''} in ${span}`,
  checks: [
    'Who owns the destination? Your own cloud storage or backup is the harmless answer.',
    'Which user and process sent it, and is that normal at this hour?',
    'What did the host read from file servers in the hours before?',
    'If nobody can explain it: cut the connection, keep the host running for the analysis.',
  ],
};

/** The large uploads. */
function largeUploads({ columns: c }: EventTable, rows: Int32Array): Int32Array {
  const uploads = rows.filter(
    (row) => (c.flags[row]! & Flag.destinationOwn) === 0 && c.sourceBytes[row]! > 0,
  );
  const sent = uploads.reduce((sum, row) => sum + c.sourceBytes[row]!, 0);
  return uploads.filter((row) => c.sourceBytes[row]! >= sent * LARGE_SHARE);
}
