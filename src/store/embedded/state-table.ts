/**
 * Named texts with compare-and-set in the embedded store.
 */
import { AppError } from '../../domain/error.js';
import type { StateStore, VersionedState } from '../ports.js';
import type { Database } from './database.js';

/** {@link StateStore} in a database file. */
export class StateTable implements StateStore {
  constructor(private readonly database: Database) {}

  async getState(key: string): Promise<VersionedState | undefined> {
    const [row] = await this.database.rows('SELECT value, version FROM states WHERE key = ?', [key]);
    return row === undefined ? undefined : { value: String(row[0]), version: Number(row[1]) };
  }

  putState(key: string, value: string, expected: number | null): Promise<number> {
    return this.database.transaction(async (connection) => {
      const [row] = await (await connection.run('SELECT version FROM states WHERE key = ?', [key])).getRows();
      const present = row === undefined ? null : Number(row[0]);
      if (present !== expected) {
        throw new AppError('store_conflict', `another writer has changed the state "${key}"`);
      }
      const version = (expected ?? 0) + 1;
      await connection.run('DELETE FROM states WHERE key = ?', [key]);
      await connection.run('INSERT INTO states VALUES (?, ?, ?)', [key, version, value]);
      return version;
    });
  }

  removeState(key: string): Promise<void> {
    return this.database.transaction(async (connection) => {
      await connection.run('DELETE FROM states WHERE key = ?', [key]);
    });
  }
}
