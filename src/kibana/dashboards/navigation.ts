/**
 * What the dashboards are called, and the links from each to the others.
 */
import { ENTITY_DASHBOARD } from '../ids.js';
import { markdown, type Row } from '../panels.js';

/** Titles by id, in the order of the links. */
const DASHBOARDS = {
  'elkhound-overview': 'Overview',
  'elkhound-entity': 'Investigate an entity',
  'elkhound-network': 'Network',
  'elkhound-quality': 'Detection quality',
  'elkhound-health': 'Health',
} as const;

/** Id of a dashboard of ours. */
export type DashboardId = keyof typeof DASHBOARDS;

/** Where a click on an entity leads. */
export const INVESTIGATE = { dashboard: ENTITY_DASHBOARD, name: 'Investigate' } as const;

/** What a dashboard is called in Kibana. */
export function titleOf(id: DashboardId): string {
  return `Elkhound: ${DASHBOARDS[id]}`;
}

/** The top of a dashboard: the others, and what this one tells. */
export function navigation(here: DashboardId, says: string): Row {
  const links = Object.entries(DASHBOARDS).map(([id, title]) =>
    id === here ? `**${title}**` : `[${title}](#/view/${id})`,
  );
  return {
    height: 4,
    panels: { navigation: [48, markdown('Dashboards of Elkhound', `${links.join(' · ')}\n\n${says}`)] },
  };
}
