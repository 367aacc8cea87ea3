/**
 * Ids that objects name each other by; people's bookmarks hold them too, so they stay.
 */

/** Data views. */
export const VIEWS = {
  anomalies: 'elkhound-anomalies',
  alerts: 'elkhound-alerts',
  windows: 'elkhound-windows',
  notifications: 'elkhound-notifications',
  logs: 'elkhound-logs',
} as const;

/** Saved searches. */
export const SEARCHES = {
  episodes: 'elkhound-newest-episodes',
  anomalies: 'elkhound-anomalies-in-words',
  logs: 'elkhound-raw-events',
  windows: 'elkhound-windows-in-order',
  deliveries: 'elkhound-deliveries',
} as const;

/** The dashboard that links to an entity lead to. */
export const ENTITY_DASHBOARD = 'elkhound-entity';
