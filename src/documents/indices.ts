/**
 * All indices of ours.
 */
import { ACTIONS } from './actions.js';
import { ALERTS } from './alerts.js';
import { ANOMALIES } from './anomalies.js';
import { DEAD_LETTERS } from './deadletter.js';
import type { IndexDefinition } from './index-definition.js';
import { MODELS } from './models.js';
import { NOTIFICATIONS } from './notifications.js';
import { STATE } from './state.js';
import { VERDICTS } from './verdicts.js';
import { WINDOWS } from './windows.js';

/** Every index that `elkhound setup` installs a template for. */
export const INDICES: readonly IndexDefinition[] = [
  ANOMALIES,
  ALERTS,
  WINDOWS,
  STATE,
  MODELS,
  NOTIFICATIONS,
  VERDICTS,
  ACTIONS,
  DEAD_LETTERS,
];
