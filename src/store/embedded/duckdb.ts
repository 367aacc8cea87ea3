/**
 * What is used of `@duckdb/node-api`. The package is optional, so its own types cannot be imported
 * where it may be absent.
 */
import { AppError } from '../../domain/error.js';

/** What a column holds; every number is a DOUBLE, as JavaScript's own numbers are. */
type SqlValue = string | number | null;

/** Values of one row in the order of the columns asked for. */
export type Row = readonly SqlValue[];

interface Result {
  getRows(): Promise<Row[]>;
  readonly rowsChanged: number;
}

/** Up to 2,048 rows, column by column. */
export interface Chunk {
  readonly rowCount: number;
  getColumns(): SqlValue[][];
  setColumns(columns: readonly (readonly unknown[])[]): void;
}

/** Rows one chunk at a time, as they are asked for. */
interface StreamedResult {
  fetchChunk(): Promise<Chunk | null>;
}

/** Takes rows much faster than statements do. */
interface Appender {
  appendDataChunk(chunk: Chunk): void;
  closeSync(): void;
}

/** A session on the database: one statement at a time. */
export interface Connection {
  run(sql: string, values?: readonly unknown[], types?: readonly unknown[]): Promise<Result>;
  stream(sql: string, values?: readonly unknown[]): Promise<StreamedResult>;
  createAppender(table: string, schema?: string | null, catalog?: string | null): Promise<Appender>;
  closeSync(): void;
}

/** An open database file. */
export interface Instance {
  connect(): Promise<Connection>;
  closeSync(): void;
}

/** The package. */
export interface DuckDb {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<Instance>;
  };
  readonly DuckDBDataChunk: { create(types: readonly unknown[], rowCount: number): Chunk };
  readonly VARCHAR: unknown;
  readonly DOUBLE: unknown;
  LIST(type: unknown): unknown;
  listValue(items: readonly string[]): unknown;
}

const PACKAGE = '@duckdb/node-api';

/**
 * Loads the package.
 * @throws AppError `missing_dependency` where it is not installed
 */
export async function loadDuckDb(): Promise<DuckDb> {
  try {
    return (await import(PACKAGE)) as DuckDb;
  } catch (error) {
    const remedy = 'install it with "npm install @duckdb/node-api", or name an Elasticsearch cluster';
    throw new AppError('missing_dependency', `the embedded store needs the package ${PACKAGE}: ${remedy}`, {
      cause: error,
    });
  }
}
