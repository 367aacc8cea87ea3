/**
 * What was done, in Elasticsearch.
 */
import {
  actionIndex,
  ACTIONS,
  actionSchema,
  fromActionDocument,
  toActionDocument,
} from '../../documents/actions.js';
import type { ActionLog, ActionRecord } from '../../respond/ports.js';
import type { Documents } from './documents.js';

/** {@link ActionLog} on Elasticsearch. */
export class ElasticsearchActionLog implements ActionLog {
  constructor(private readonly documents: Documents) {}

  async record(action: ActionRecord): Promise<void> {
    const document = toActionDocument(action);
    await this.documents.put({ index: actionIndex(action), id: action.id, document });
  }

  async recent(job: string, limit: number): Promise<ActionRecord[]> {
    const hits = await this.documents.page(ACTIONS, actionSchema, {
      filter: [{ term: { 'elkhound.job': job } }],
      sort: ['@timestamp', 'event.id'],
      order: 'desc',
      limit,
    });
    return hits.map(({ document }) => fromActionDocument(document));
  }
}
