/**
 * Tables of the embedded store. Results are kept as the very documents that Elasticsearch would
 * keep, beside the columns that lists are filtered and sorted by. No table has a primary key: its
 * index would have to stay in memory, and with one writer nothing can come between a look and a write.
 */
import { AppError } from '../../domain/error.js';
import type { Connection } from './duckdb.js';

const SCHEMA_VERSION = 1;

const RESULT_COLUMNS = `id VARCHAR, job VARCHAR, site VARCHAR, kind VARCHAR, names VARCHAR[], behavior VARCHAR,
  episode VARCHAR, severity DOUBLE, score DOUBLE, status VARCHAR, start_ms DOUBLE, document VARCHAR`;

const EVENT_COLUMNS = `id VARCHAR, source VARCHAR, format VARCHAR, path VARCHAR, place DOUBLE, end_ms DOUBLE,
  entities VARCHAR[], record VARCHAR`;

const TABLES = [
  `CREATE TABLE IF NOT EXISTS events (${EVENT_COLUMNS})`,
  `CREATE TABLE IF NOT EXISTS anomalies (${RESULT_COLUMNS})`,
  `CREATE TABLE IF NOT EXISTS alerts (${RESULT_COLUMNS})`,
  'CREATE TABLE IF NOT EXISTS windows (id VARCHAR, job VARCHAR, start_ms DOUBLE, document VARCHAR)',
  'CREATE TABLE IF NOT EXISTS notifications (id VARCHAR, job VARCHAR, state VARCHAR, start_ms DOUBLE, document VARCHAR)',
  'CREATE TABLE IF NOT EXISTS actions (id VARCHAR, job VARCHAR, start_ms DOUBLE, document VARCHAR)',
  'CREATE TABLE IF NOT EXISTS models (id VARCHAR, job VARCHAR, start_ms DOUBLE, document VARCHAR)',
  'CREATE TABLE IF NOT EXISTS states (key VARCHAR, version DOUBLE, value VARCHAR)',
  // Where events wait until it is known which of them are new.
  `CREATE TEMPORARY TABLE incoming (${EVENT_COLUMNS})`,
];

/** Tables whose rows age, with the column that says how old they are. */
export const AGING_TABLES = [
  ['events', 'end_ms'],
  ['anomalies', 'start_ms'],
  ['alerts', 'start_ms'],
  ['windows', 'start_ms'],
  ['notifications', 'start_ms'],
  ['actions', 'start_ms'],
] as const;

/**
 * Makes what is missing.
 * @throws AppError `unsupported_schema` before anything is written where a newer version made the tables
 */
export async function createTables(connection: Connection, folder: string): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS meta (schema_version DOUBLE)');
  const [row] = await (await connection.run('SELECT max(schema_version) FROM meta')).getRows();
  const version = row?.[0] ?? null;
  if (version !== null && Number(version) > SCHEMA_VERSION) {
    throw new AppError(
      'unsupported_schema',
      `the data folder ${folder} was written by a newer elkhound (schema ${String(version)}, this one knows ${String(SCHEMA_VERSION)})`,
    );
  }
  for (const table of TABLES) await connection.run(table);
  if (version === null) await connection.run('INSERT INTO meta VALUES (?)', [SCHEMA_VERSION]);
}
