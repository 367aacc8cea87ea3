/**
 * All ports on one database file: the whole of Elkhound on a machine with nothing but Node.
 */
import type { Clock } from '../../domain/clock.js';
import type { EventStore } from '../store.js';
import { ActionTable } from './action-table.js';
import { EmbeddedArchive } from './archive.js';
import { Database, type DatabaseOptions } from './database.js';
import { EventTable } from './event-table.js';
import { ModelTable } from './model-table.js';
import { NotificationTable } from './notification-table.js';
import { ResultTables } from './result-tables.js';
import { StateTable } from './state-table.js';
import { AGING_TABLES } from './tables.js';

/** Opens the store of a folder; see {@link Database.open} for its errors. */
export async function openEmbeddedStore(options: DatabaseOptions, clock: Clock): Promise<EventStore> {
  const database = await Database.open(options);
  const events = new EventTable(database);
  const results = new ResultTables(database, clock);
  return {
    events,
    sink: events,
    results,
    reader: results,
    states: new StateTable(database),
    models: new ModelTable(database),
    notifications: new NotificationTable(database),
    actions: new ActionTable(database),
    archive: new EmbeddedArchive(database),
    prune: (beforeMs) => prune(database, beforeMs),
    close: () => database.close(),
  };
}

function prune(database: Database, beforeMs: number): Promise<number> {
  return database.transaction(async (connection) => {
    let deleted = 0;
    for (const [table, age] of AGING_TABLES) {
      deleted += (await connection.run(`DELETE FROM ${table} WHERE ${age} < ?`, [beforeMs])).rowsChanged;
    }
    return deleted;
  });
}
