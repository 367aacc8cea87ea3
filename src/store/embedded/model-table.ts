/**
 * Model snapshots in the embedded store.
 */
import { fromModelDocument, modelSchema, toModelDocument } from '../../documents/models.js';
import type { ModelSnapshot, ModelStore } from '../../detectors/ports.js';
import type { Database } from './database.js';
import { DocumentTable, equals } from './document-table.js';

/** {@link ModelStore} in a database file. */
export class ModelTable implements ModelStore {
  private readonly table;

  constructor(private readonly database: Database) {
    this.table = new DocumentTable(database, 'models', modelSchema);
  }

  /** A snapshot never changes, so one that is there already is the same. */
  async saveModel(snapshot: ModelSnapshot): Promise<void> {
    await this.database.transaction(async (connection) => {
      if ((await this.table.get(connection, snapshot.id)) !== undefined) return;
      await this.table.add(
        connection,
        snapshot.id,
        [snapshot.job, snapshot.createdAtMs],
        toModelDocument(snapshot),
      );
    });
  }

  async model(id: string): Promise<ModelSnapshot | undefined> {
    const [listed] = await this.table.list({ where: equals('id', id), sort: 'start_ms', order: 'desc' });
    return listed === undefined ? undefined : fromModelDocument(listed.document);
  }
}
