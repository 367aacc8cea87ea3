/**
 * What was done, in the embedded store.
 */
import { actionSchema, fromActionDocument, toActionDocument } from '../../documents/actions.js';
import type { ActionLog, ActionRecord } from '../../respond/ports.js';
import type { Database } from './database.js';
import { DocumentTable, equals } from './document-table.js';

/** {@link ActionLog} in a database file. */
export class ActionTable implements ActionLog {
  private readonly table;

  constructor(private readonly database: Database) {
    this.table = new DocumentTable(database, 'actions', actionSchema);
  }

  record(action: ActionRecord): Promise<void> {
    return this.database.transaction((connection) =>
      this.table.put(connection, action.id, [action.job, action.atMs], toActionDocument(action)),
    );
  }

  async recent(job: string, limit: number): Promise<ActionRecord[]> {
    const listed = await this.table.list({
      where: equals('job', job),
      sort: 'start_ms',
      order: 'desc',
      limit,
    });
    return listed.map(({ document }) => fromActionDocument(document));
  }
}
