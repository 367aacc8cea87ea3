/**
 * A few saved objects, small enough to see what becomes of each.
 */
import { CORE_VERSION, TYPE_VERSIONS, type SavedObject } from '../../src/kibana/saved-object.js';

/** A data view, a dashboard that links to itself by its id, and the tag of both. */
export function sampleObjects(title = 'Overview'): SavedObject[] {
  const tag = { type: 'tag', id: 'sample-tag', name: 'tag-ref-sample-tag' } as const;
  return [
    {
      type: 'tag',
      id: 'sample-tag',
      attributes: { name: 'Sample', description: '', color: '#336699' },
      references: [],
      coreMigrationVersion: CORE_VERSION,
      typeMigrationVersion: TYPE_VERSIONS.tag,
    },
    {
      type: 'index-pattern',
      id: 'sample-view',
      attributes: {
        title: 'sample-*',
        name: 'Sample',
        timeFieldName: '@timestamp',
        allowNoIndex: true,
        fields: '[]',
        fieldAttrs: '{}',
        fieldFormatMap: '{}',
      },
      references: [tag],
      coreMigrationVersion: CORE_VERSION,
      typeMigrationVersion: TYPE_VERSIONS['index-pattern'],
    },
    {
      type: 'dashboard',
      id: 'sample-dashboard',
      attributes: {
        title,
        description:
          "sample-dashboard, /app/dashboards#/view/sample-dashboard and /app/dashboards#/view/sample-dashboard-2, (index:'sample-view')",
        panelsJSON: '[]',
        optionsJSON: '{}',
        kibanaSavedObjectMeta: {
          searchSourceJSON: '{"query":{"query":"","language":"kuery"},"filter":[]}',
        },
        timeRestore: true,
        timeFrom: 'now-24h',
        timeTo: 'now',
        refreshInterval: { pause: true, value: 0 },
        version: 1,
      },
      references: [
        tag,
        { type: 'index-pattern', id: 'sample-view', name: 'a:indexpattern-datasource-layer-b' },
      ],
      coreMigrationVersion: CORE_VERSION,
      typeMigrationVersion: TYPE_VERSIONS.dashboard,
    },
  ];
}
