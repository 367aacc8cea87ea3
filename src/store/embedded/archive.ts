/**
 * All documents of the embedded store, one after the other, to be changed or deleted.
 */
import type { Archive, DocumentEdit, RewriteCount } from '../store.js';
import type { Database } from './database.js';

const TABLES = ['anomalies', 'alerts', 'windows', 'notifications', 'actions', 'models'] as const;

/** Events that name one of them: as an end, as the user, or as a whole value anywhere in the record. */
const NAMED = (names: number): string =>
  Array.from({ length: names }, () => '(list_contains(entities, ?) OR contains(record, ?))').join(' OR ');

/** {@link Archive} in a database file. */
export class EmbeddedArchive implements Archive {
  constructor(private readonly database: Database) {}

  async rewrite(edit: DocumentEdit, dryRun: boolean): Promise<RewriteCount[]> {
    const counts: RewriteCount[] = [];
    for (const table of TABLES) {
      const deleted: string[] = [];
      const changed: [id: string, document: string][] = [];
      for await (const chunk of this.database.stream(`SELECT id, document FROM ${table}`, [])) {
        const [ids, documents] = chunk.getColumns() as [string[], string[]];
        for (let row = 0; row < chunk.rowCount; row++) {
          const document = JSON.parse(documents[row]!) as object;
          const edited = edit(document);
          if (edited === undefined) deleted.push(ids[row]!);
          else if (edited !== document) changed.push([ids[row]!, JSON.stringify(edited)]);
        }
      }
      counts.push({ index: table, deleted: deleted.length, scrubbed: changed.length });
      if (!dryRun) await this.write(table, deleted, changed);
    }
    return counts;
  }

  async removeEvents(names: readonly string[], dryRun: boolean): Promise<number> {
    const values = names.flatMap((name) => [name, JSON.stringify(name)]);
    if (dryRun) {
      const [row] = await this.database.rows(
        `SELECT count(*)::DOUBLE FROM events WHERE ${NAMED(names.length)}`,
        values,
      );
      return Number(row?.[0]);
    }
    return this.database.transaction(async (connection) => {
      const { rowsChanged } = await connection.run(`DELETE FROM events WHERE ${NAMED(names.length)}`, values);
      return rowsChanged;
    });
  }

  private write(table: string, deleted: readonly string[], changed: readonly [string, string][]) {
    return this.database.transaction(async (connection) => {
      for (const id of deleted) await connection.run(`DELETE FROM ${table} WHERE id = ?`, [id]);
      for (const [id, document] of changed) {
        await connection.run(`UPDATE ${table} SET document = ? WHERE id = ?`, [document, id]);
      }
    });
  }
}
