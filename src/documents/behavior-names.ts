/**
 * Behaviors in the words of the Elastic Common Schema and of people.
 */
import type { Behavior } from '../domain/anomaly.js';

/** `rule.name` of each behavior. */
export const BEHAVIOR_NAMES: Readonly<Record<Behavior, string>> = {
  host_sweep: 'Host sweep',
  port_scan: 'Port scan',
  flood: 'Flood',
  service_hammering: 'Service hammering',
  password_guessing: 'Password guessing',
  credential_stuffing: 'Credential stuffing',
  dormant_account: 'Dormant account in use',
  data_theft: 'Data theft',
  lateral_movement: 'Lateral movement',
  dns_tunnel: 'DNS tunnel',
  mining: 'Mining',
  unusual_volume: 'Unusual volume',
  unusual_pattern: 'Unusual pattern',
  source_health: 'Source of events not as usual',
};

/** All behaviors. */
export const BEHAVIORS = Object.keys(BEHAVIOR_NAMES) as Behavior[];

const ABOUT_LOGINS: ReadonlySet<Behavior> = new Set([
  'password_guessing',
  'credential_stuffing',
  'dormant_account',
]);

/** `event.category` of a behavior: values that ECS allows together with `event.type: info`. */
export function categoriesOf(behavior: Behavior): string[] {
  if (behavior === 'source_health') return ['configuration'];
  return ABOUT_LOGINS.has(behavior)
    ? ['authentication', 'intrusion_detection', 'network']
    : ['intrusion_detection', 'network'];
}
