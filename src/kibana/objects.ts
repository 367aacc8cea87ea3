/**
 * Everything that Elkhound ships for Kibana.
 */
import { entity } from './dashboards/entity.js';
import { health } from './dashboards/health.js';
import { network } from './dashboards/network.js';
import { overview } from './dashboards/overview.js';
import { quality } from './dashboards/quality.js';
import { dataViews } from './data-views.js';
import type { SavedObject } from './saved-object.js';
import { searches } from './searches.js';
import { TAG } from './tag.js';

/** Where the pages are when nothing else is known. */
const DEFAULT_ADDRESS = 'http://127.0.0.1:4600';

/** All saved objects, each after what it needs. @param options.address of Elkhound's pages, where links lead to */
export function allSavedObjects({
  address = DEFAULT_ADDRESS,
}: { readonly address?: string } = {}): SavedObject[] {
  return [TAG, ...dataViews(address), ...searches(), overview(), entity(), network(), quality(), health()];
}
