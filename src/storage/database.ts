/**
 * The one door to MySQL. MikroORM owns the schema, the migrations and the pool; statements are written
 * out (docs/adr/0002), because each must use a unique index and must tell a duplicate from an update.
 *
 * Promises: every statement has a deadline; a transaction that meets a deadlock or a lock wait is rolled
 * back and tried again whole; an error before COMMIT means nothing was done, an error of COMMIT means
 * unknown; a connection that missed a deadline is destroyed, never given to the next caller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection, ResultSetHeader } from 'mysql2/promise';
import { STATEMENT_DEADLINE_MS, TRANSACTION_TRIES_MAX } from '../config/limits.js';
import { Connections } from './connections.js';
import {
  DatabaseUnavailable,
  isRetryable,
  isUnavailable,
  OutcomeUnknown,
} from './database-errors.js';

export type SqlValue = string | number | null;
/** Rows of an INSERT: `VALUES ?` is all of them. */
export type SqlRows = readonly (readonly SqlValue[])[];
export type SqlParameter = SqlValue | SqlRows;
/** A statement and its values. */
export type Statement = readonly [sql: string, values: readonly SqlParameter[]];
/** Who takes a whole transaction at once: packets.ts. */
export interface CommitsTogether {
  commit(statements: readonly Statement[]): Promise<boolean>;
}
export type Row = Record<string, string | number | null>;

/** Statements inside one transaction, or on a connection of the pool. */
export interface Sql {
  /** Rows of a SELECT. Moments are text in UTC; see moments.ts. */
  rows(sql: string, values?: readonly SqlParameter[]): Promise<Row[]>;
  /** Rows really changed: an UPDATE to equal values and a duplicate left as it is both count 0. */
  change(sql: string, values?: readonly SqlParameter[]): Promise<number>;
}

/** Whoever answers a SELECT: the primary, a transaction on it, or a replica that is as fresh (replicas.ts). */
export type Reader = Pick<Sql, 'rows'>;

/** Sees every statement: for metrics, and for tests that count or EXPLAIN. */
export type StatementObserver = (
  sql: string,
  values: readonly SqlParameter[],
  tookMs: number,
) => void;

export class Database {
  private observers: StatementObserver[] = [];
  private readonly connections: Connections;

  constructor(
    pool: Pool,
    /** Ends its connections. */
    readonly close: () => Promise<void>,
    private readonly packets?: CommitsTogether,
  ) {
    this.connections = new Connections(pool);
  }

  observe(observer: StatementObserver): () => void {
    this.observers = [...this.observers, observer];
    return () => {
      this.observers = this.observers.filter((other) => other !== observer);
    };
  }

  /** Connections in use, and callers that wait for one. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return this.connections.load;
  }

  /** One SELECT on its own. @throws DatabaseUnavailable */
  async rows(sql: string, values: readonly SqlParameter[] = []): Promise<Row[]> {
    const connection = await this.connections.acquire();
    try {
      const rows = await this.bind(connection).rows(sql, values);
      connection.release();
      return rows;
    } catch (error) {
      throw discard(connection, error);
    } finally {
      this.connections.letGo();
    }
  }

  /**
   * Runs `work` in one READ COMMITTED transaction and commits it.
   * @throws DatabaseUnavailable nothing was done · OutcomeUnknown it may have been done · what `work` throws
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (tries >= TRANSACTION_TRIES_MAX) throw new DatabaseUnavailable(error);
        await sleep(tries * 4 + Math.random() * 12);
      }
    }
  }

  /**
   * Runs these and commits them, all at once: see packets.ts.
   * @returns whether it was done; false: nothing was, and `transaction` may find out why
   * @throws DatabaseUnavailable nothing was done · OutcomeUnknown it may have been done
   */
  async transactTogether(statements: readonly Statement[]): Promise<boolean> {
    if (this.packets === undefined) return false;
    const startMs = performance.now();
    try {
      return await this.packets.commit(statements);
    } finally {
      const tookMs = performance.now() - startMs;
      for (const [sql, values] of statements) this.tell(sql, values, tookMs);
    }
  }

  /** Runs `work` while no other process runs anything under the same name. @throws DatabaseUnavailable */
  async exclusively<T>(name: string, waitS: number, work: () => Promise<T>): Promise<T> {
    const connection = await this.connections.acquire();
    try {
      const [rows] = await connection.query('SELECT GET_LOCK(?, ?) AS got', [name, waitS]);
      if ((rows as Row[])[0]?.['got'] !== 1) throw new DatabaseUnavailable(`${name} is taken`);
      return await work();
    } finally {
      // The name is let go with the connection, also where it cannot be asked any more.
      connection.destroy();
      this.connections.letGo();
    }
  }

  private async attempt<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await this.connections.acquire();
    try {
      return await this.runOn(connection, work);
    } finally {
      this.connections.letGo();
    }
  }

  private async runOn<T>(connection: PoolConnection, work: (sql: Sql) => Promise<T>): Promise<T> {
    let value: T;
    try {
      const sql = this.bind(connection);
      await sql.change('START TRANSACTION');
      value = await work(sql);
    } catch (error) {
      throw await this.rollBack(connection, error);
    }
    try {
      await this.bind(connection).change('COMMIT');
    } catch (error) {
      connection.destroy();
      throw new OutcomeUnknown(error);
    }
    connection.release();
    return value;
  }

  /** Always rolls back: after a lock wait a COMMIT would keep half of the transaction. */
  private async rollBack(connection: PoolConnection, error: unknown): Promise<unknown> {
    if (isUnavailable(error)) return discard(connection, error);
    try {
      await this.bind(connection).change('ROLLBACK');
      connection.release();
    } catch {
      connection.destroy();
    }
    return error;
  }

  private tell(sql: string, values: readonly SqlParameter[], tookMs: number): void {
    for (const observer of this.observers) observer(sql, values, tookMs);
  }

  private bind(connection: PoolConnection): Sql {
    const run = async (sql: string, values: readonly SqlParameter[]): Promise<unknown> => {
      const startMs = performance.now();
      try {
        const [result] = await connection.query({ sql, timeout: STATEMENT_DEADLINE_MS }, [
          ...values,
        ]);
        this.connections.noteLife();
        return result;
      } catch (error) {
        if (!isUnavailable(error)) this.connections.noteLife();
        else if (performance.now() - startMs >= STATEMENT_DEADLINE_MS)
          this.connections.noteVain(startMs);
        throw error;
      } finally {
        const tookMs = performance.now() - startMs;
        this.tell(sql, values, tookMs);
      }
    };
    return {
      rows: async (sql, values = []) => (await run(sql, values)) as Row[],
      change: async (sql, values = []) =>
        ((await run(sql, values)) as ResultSetHeader).affectedRows,
    };
  }
}

function discard(connection: PoolConnection, error: unknown): unknown {
  if (!isUnavailable(error)) {
    connection.release();
    return error;
  }
  connection.destroy();
  return error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
}
