/**
 * Saved searches: the documents themselves, newest first.
 */
import { SEARCHES, VIEWS } from './ids.js';
import { canonicalJson } from './ndjson.js';
import { CORE_VERSION, TYPE_VERSIONS, type SavedSearchObject } from './saved-object.js';
import { TAG_REFERENCE } from './tag.js';

const INDEX_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

interface Search {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Id of a data view. */
  readonly view: string;
  readonly columns: readonly string[];
}

const ALL: readonly Search[] = [
  {
    id: SEARCHES.episodes,
    title: 'Elkhound: newest episodes',
    description:
      'Each episode when it opened, and again when it rose in severity; the link leads to its page',
    view: VIEWS.alerts,
    columns: ['elkhound.severity', 'rule.name', 'event.reason', 'source.ip', 'elkhound.episode.anomaly'],
  },
  {
    id: SEARCHES.anomalies,
    title: 'Elkhound: anomalies in words',
    description:
      'Each window that stood out, and why; addresses lead to the raw logs, users and ids to pages',
    view: VIEWS.anomalies,
    columns: [
      'elkhound.severity',
      'event.reason',
      'elkhound.score',
      'source.ip',
      'destination.ip',
      'user.name',
      'event.id',
    ],
  },
  {
    id: SEARCHES.logs,
    title: 'Elkhound: raw logs',
    description: 'The logs that Elkhound reads; addresses lead to what is strange about them',
    view: VIEWS.logs,
    columns: [
      'event.dataset',
      'source.ip',
      'destination.ip',
      'destination.port',
      'network.transport',
      'network.bytes',
      'event.outcome',
    ],
  },
  {
    id: SEARCHES.windows,
    title: 'Elkhound: windows in order',
    description: 'What was done with each window, and what became of its records',
    view: VIEWS.windows,
    columns: [
      'elkhound.status',
      'elkhound.reason',
      'elkhound.records.read',
      'elkhound.records.quarantined',
      'elkhound.coverage.quarantined.reason',
      'elkhound.late',
      'elkhound.anomalies',
      'elkhound.revision',
      'elkhound.took_ms',
    ],
  },
  {
    id: SEARCHES.deliveries,
    title: 'Elkhound: messages and their delivery',
    description: 'What was sent to whom, whether it arrived, and what the receiver said',
    view: VIEWS.notifications,
    columns: [
      'elkhound.channel',
      'elkhound.severity',
      'elkhound.change',
      'elkhound.delivery.state',
      'elkhound.delivery.attempts',
      'elkhound.delivery.detail',
    ],
  },
];

/** All saved searches. */
export function searches(): SavedSearchObject[] {
  return ALL.map(savedSearch);
}

function savedSearch({ id, title, description, view, columns }: Search): SavedSearchObject {
  return {
    type: 'search',
    id,
    attributes: {
      title,
      description,
      columns,
      sort: [['@timestamp', 'desc']],
      grid: {},
      hideChart: false,
      isTextBasedQuery: false,
      kibanaSavedObjectMeta: {
        searchSourceJSON: canonicalJson({
          query: { query: '', language: 'kuery' },
          filter: [],
          indexRefName: INDEX_REFERENCE,
        }),
      },
    },
    references: [{ type: 'index-pattern', id: view, name: INDEX_REFERENCE }, TAG_REFERENCE],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS.search,
  };
}
