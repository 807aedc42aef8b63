/**
 * The one door to MySQL. MikroORM owns the schema, the migrations and the pool; statements are written
 * out (docs/adr/0002), because each must use a unique index and must tell a duplicate from an update.
 *
 * Promises: every statement has a deadline; a transaction that meets a deadlock or a lock wait is rolled
 * back and tried again whole; an error before COMMIT means nothing was done, an error of COMMIT means
 * unknown; a connection that missed a deadline is destroyed, never given to the next caller; after callers
 * waited in vain the next are told at once (rules/breaker.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolConnection, ResultSetHeader } from 'mysql2/promise';
import {
  CONNECTION_WAIT_MS,
  DATABASE_PAUSE_MS,
  STATEMENT_DEADLINE_MS,
  TRANSACTION_TRIES_MAX,
} from '../config/limits.js';
import {
  DatabaseUnavailable,
  isRetryable,
  isUnavailable,
  OutcomeUnknown,
} from './database-errors.js';
import { CLOSED, enter, signOfLife, waitedInVain, type Breaker } from './rules/breaker.js';

export type SqlValue = string | number | null;
/** Rows of an INSERT: `VALUES ?` is all of them. */
export type SqlRows = readonly (readonly SqlValue[])[];
export type SqlParameter = SqlValue | SqlRows;
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
  private breaker: Breaker = CLOSED;
  private busy = 0;
  private waiting = 0;

  constructor(
    private readonly pool: Pool,
    /** Ends the pool. */
    readonly close: () => Promise<void>,
  ) {}

  observe(observer: StatementObserver): () => void {
    this.observers = [...this.observers, observer];
    return () => {
      this.observers = this.observers.filter((other) => other !== observer);
    };
  }

  /** Connections in use, and callers that wait for one. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.busy, waiting: this.waiting };
  }

  /** One SELECT on its own. @throws DatabaseUnavailable */
  async rows(sql: string, values: readonly SqlParameter[] = []): Promise<Row[]> {
    const connection = await this.acquire();
    try {
      const rows = await this.bind(connection).rows(sql, values);
      connection.release();
      return rows;
    } catch (error) {
      throw discard(connection, error);
    } finally {
      this.busy -= 1;
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

  /** Runs `work` while no other process runs anything under the same name. @throws DatabaseUnavailable */
  async exclusively<T>(name: string, waitS: number, work: () => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      const [rows] = await connection.query('SELECT GET_LOCK(?, ?) AS got', [name, waitS]);
      if ((rows as Row[])[0]?.['got'] !== 1) throw new DatabaseUnavailable(`${name} is taken`);
      return await work();
    } finally {
      // The name is let go with the connection, also where it cannot be asked any more.
      connection.destroy();
      this.busy -= 1;
    }
  }

  private async attempt<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      return await this.runOn(connection, work);
    } finally {
      this.busy -= 1;
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

  /** A connection within its deadline, counted as busy; one that comes later goes back to the pool. */
  private async acquire(): Promise<PoolConnection> {
    const beganMs = performance.now();
    const { mayTry, next } = enter(this.breaker, beganMs, CONNECTION_WAIT_MS);
    this.breaker = next;
    if (!mayTry) throw new DatabaseUnavailable('left alone after callers waited in vain');
    const coming = this.pool.getConnection();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        this.noteVain(beganMs);
        fail(new DatabaseUnavailable('no free connection'));
      }, CONNECTION_WAIT_MS);
    });
    this.waiting += 1;
    try {
      const connection = await Promise.race([coming, late]);
      this.busy += 1;
      return connection;
    } catch (error) {
      void coming.then((connection) => connection.release()).catch(() => undefined);
      throw error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
    }
  }

  private noteVain(beganMs: number): void {
    this.breaker = waitedInVain(this.breaker, beganMs, performance.now(), DATABASE_PAUSE_MS);
  }

  private bind(connection: PoolConnection): Sql {
    const run = async (sql: string, values: readonly SqlParameter[]): Promise<unknown> => {
      const startMs = performance.now();
      try {
        const [result] = await connection.query({ sql, timeout: STATEMENT_DEADLINE_MS }, [
          ...values,
        ]);
        this.breaker = signOfLife(performance.now());
        return result;
      } catch (error) {
        if (!isUnavailable(error)) this.breaker = signOfLife(performance.now());
        else if (performance.now() - startMs >= STATEMENT_DEADLINE_MS) this.noteVain(startMs);
        throw error;
      } finally {
        const tookMs = performance.now() - startMs;
        for (const observer of this.observers) observer(sql, values, tookMs);
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
