/**
 * A data stream for logs that Elkhound itself makes up: the same mapping on every cluster, whatever
 * its own templates for logs are.
 */
import type { estypes } from '@elastic/elasticsearch';
import { date, ip, keyword } from '../../documents/mapping.js';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';

/** Above Elastic's own template for `logs-*-*`, which has 100. */
const PRIORITY = 250;

/**
 * Makes sure that the data stream of that name maps events as ECS does. Where the template may not be
 * written, the cluster's own one for logs has to do.
 */
export async function prepareLogStream(cluster: Cluster, name: string): Promise<void> {
  const mappings = {
    date_detection: false,
    dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: keyword } }],
    properties: {
      '@timestamp': date,
      event: { properties: { start: date, end: date } },
      source: { properties: { ip } },
      destination: { properties: { ip } },
    },
  } as estypes.MappingTypeMapping;
  try {
    await cluster.ask(`set up the data stream ${name}`, (client) =>
      client.indices.putIndexTemplate({
        name,
        index_patterns: [name],
        priority: PRIORITY,
        data_stream: {},
        template: { settings: { auto_expand_replicas: '0-1' }, mappings },
        _meta: { managed_by: 'elkhound' },
      }),
    );
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unauthorized')) throw error;
  }
}
