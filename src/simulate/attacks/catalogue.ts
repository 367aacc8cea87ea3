/**
 * All attacks that can be planted.
 */
import type { Attack } from './attack.js';
import { CHANNELS } from './channels.js';
import { HARM } from './harm.js';
import { LOGIN_ATTACKS } from './logins.js';
import { SCANS } from './scans.js';

export const ATTACKS: readonly Attack[] = [...SCANS, ...LOGIN_ATTACKS, ...CHANNELS, ...HARM];
