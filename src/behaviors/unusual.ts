/**
 * What is rarer than everything held back, and has no name: in its volume, or in its pattern.
 */
import { INTRUSION, type BehaviorDefinition } from './behavior.js';

export const unusualVolume: BehaviorDefinition = {
  name: 'Unusual volume',
  category: INTRUSION,
  rules: [],
  checks: [
    'Is it a backup, an update or a copy that somebody started?',
    'Does the other end explain it? Look at the largest connections below.',
    'Is the rest of the network quiet at the time, or did all volumes rise?',
  ],
};

export const unusualPattern: BehaviorDefinition = {
  name: 'Unusual pattern',
  category: INTRUSION,
  rules: [],
  checks: [
    'Read the three features that stand out most: together they usually tell the story.',
    'Did the role of the host change lately: new software, a new owner, an address used again?',
    'Do other hosts show the same at the same time? Then look for a change in the network.',
  ],
};
