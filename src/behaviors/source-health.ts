/**
 * A source of events fell silent, came twice, or is new: a matter of operation, not of an attacker.
 */
import type { BehaviorDefinition } from './behavior.js';

export const sourceHealth: BehaviorDefinition = {
  name: 'Source of events not as usual',
  category: ['configuration'],
  rules: [],
  checks: [
    'Does the sensor or shipper run, and does it reach the cluster? Look at its own log first.',
    'Was it moved, upgraded, replaced, or started a second time?',
    'Did somebody switch it off who should not have? Silence of a sensor can be part of an attack.',
    'Until it is as usual again, what only it sees is not told: watch those hosts another way.',
  ],
};
