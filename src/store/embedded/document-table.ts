/**
 * Documents in a table: written by id, listed in order.
 */
import type { z } from 'zod';
import { readDocument } from '../../documents/read-document.js';
import type { Place } from '../cursor.js';
import type { Database } from './database.js';
import type { Connection, Row } from './duckdb.js';

/** A value of a column, or a list of names. */
export type ColumnValue = string | number | null | readonly string[];

/** A condition of a query; every value is bound, so no character of it has a meaning. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** A list to be. */
export interface ListQuery {
  readonly where: readonly Condition[];
  /** Numeric column; ties go by id. */
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  readonly limit?: number | undefined;
  readonly after?: Place | undefined;
}

/** A row of a list: the document and its place in the order. */
export interface Listed<D> {
  readonly document: D;
  readonly place: Place;
}

/** A table of documents that `schema` describes; its columns `id` first and `document` last. */
export class DocumentTable<S extends z.ZodType> {
  constructor(
    private readonly database: Database,
    private readonly table: string,
    private readonly schema: S,
  ) {}

  /** The document of an id, inside a transaction. */
  async get(connection: Connection, id: string): Promise<z.infer<S> | undefined> {
    const rows = await (
      await connection.run(`SELECT document FROM ${this.table} WHERE id = ?`, [id])
    ).getRows();
    return rows[0] === undefined ? undefined : this.parse(rows[0]);
  }

  /** Writes a document in place of the one with its id, inside a transaction. */
  async put(
    connection: Connection,
    id: string,
    columns: readonly ColumnValue[],
    document: object,
  ): Promise<void> {
    await connection.run(`DELETE FROM ${this.table} WHERE id = ?`, [id]);
    await this.add(connection, id, columns, document);
  }

  /** Writes a document that is not there yet, inside a transaction. */
  async add(
    connection: Connection,
    id: string,
    columns: readonly ColumnValue[],
    document: object,
  ): Promise<void> {
    const { listValue } = this.database.duckdb;
    const bound = columns.map((value) =>
      value !== null && typeof value === 'object' ? listValue(value) : value,
    );
    const values = [id, ...bound, JSON.stringify(document)];
    const marks = values.map(() => '?').join(', ');
    await connection.run(`INSERT INTO ${this.table} VALUES (${marks})`, values);
  }

  /** Documents in order; `from` replaces the table by a query over it. */
  async list(query: ListQuery, from = this.table): Promise<Listed<z.infer<S>>[]> {
    const { sort, order, after, limit } = query;
    const comparison = order === 'asc' ? '>' : '<';
    const paging = after === undefined ? [] : [{ sql: `(${sort}, id) ${comparison} (?, ?)`, values: after }];
    const conditions = [...query.where, ...paging];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
    const rows = await this.database.rows(
      `SELECT document, ${sort}, id FROM ${from} ${where} ORDER BY ${sort} ${order}, id ${order}
       ${limit === undefined ? '' : 'LIMIT ?'}`,
      [...conditions.flatMap(({ values }) => values), ...(limit === undefined ? [] : [limit])],
    );
    return rows.map((row) => ({ document: this.parse(row), place: [Number(row[1]), String(row[2])] }));
  }

  private parse([document]: Row): z.infer<S> {
    return readDocument(this.schema, JSON.parse(String(document)), `the table ${this.table}`);
  }
}

/** The condition that a column has this value. */
export function equals(column: string, value: string | number | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `${column} = ?`, values: [value] }];
}
