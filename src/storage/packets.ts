/**
 * A whole transaction in one packet: the statements go to MySQL together, and their answers come back
 * together. A group commit in five packets waits five times for its turn in a busy process, with the rows
 * locked; in one packet it waits once, and a process that freezes meanwhile keeps nothing locked
 * (docs/adr/0020).
 *
 * Nobody looks at an answer before the next statement runs, so a statement must fail where the one before
 * did not do what it should. MySQL stops at the first that fails.
 *
 * Promise: all of them are done or none. `false` is none; where that is not certain, it is said.
 */
import type { Pool, PoolConnection } from 'mysql2/promise';
import type { Connection as Driver } from 'mysql2';
import { STATEMENT_DEADLINE_MS } from '../config/limits.js';
import { Connections } from './connections.js';
import type { CommitsTogether, Statement } from './database.js';
import { isFromServer, isSyntaxError, isUnavailable, OutcomeUnknown } from './database-errors.js';
import { reached } from './steps.js';

export class Packets implements CommitsTogether {
  private readonly connections: Connections;
  /** Whoever stands between us and MySQL takes one statement at a time. */
  private isRefused = false;

  /** @param pool whose connections take many statements in one packet */
  constructor(pool: Pool) {
    this.connections = new Connections(pool);
  }

  /**
   * @returns whether the transaction was committed; false: a statement failed, or packets are not taken
   * @throws DatabaseUnavailable nothing was done · OutcomeUnknown it may have been done
   */
  async commit(statements: readonly Statement[]): Promise<boolean> {
    if (this.isRefused) return false;
    const connection = await this.connections.acquire();
    try {
      return await this.commitOn(connection, statements);
    } finally {
      this.connections.letGo();
    }
  }

  private async commitOn(
    connection: PoolConnection,
    statements: readonly Statement[],
  ): Promise<boolean> {
    const texts = statements.map(([sql, values]) => connection.format(sql, [...values]));
    const startMs = performance.now();
    const { error, done } = await send(connection, ['START TRANSACTION', ...texts, 'COMMIT']);
    if (error === null) {
      this.connections.noteLife();
      connection.release();
      return true;
    }
    if (!isFromServer(error)) {
      if (performance.now() - startMs >= STATEMENT_DEADLINE_MS) this.connections.noteVain(startMs);
      connection.destroy();
      throw new OutcomeUnknown(error);
    }
    this.connections.noteLife();
    const isOfCommit = done > statements.length;
    if (isOfCommit) {
      connection.destroy();
      throw new OutcomeUnknown(error);
    }
    this.isRefused = done === 0 && isSyntaxError(error);
    await rollBack(connection, error);
    return false;
  }
}

interface Sent {
  /** null: all were done. */
  readonly error: unknown;
  /** Statements that were done before the error. */
  readonly done: number;
}

function send(connection: PoolConnection, statements: readonly string[]): Promise<Sent> {
  // The promises of the driver keep what was done before an error to themselves.
  const driver = connection.connection as unknown as Driver;
  return new Promise((resolve) => {
    let done = 0;
    const query = { sql: statements.join(';\n'), timeout: STATEMENT_DEADLINE_MS };
    driver
      .query(query, (error: unknown) => resolve({ error, done }))
      .on('result', () => (done += 1));
    reached('commit:sent');
  });
}

/** Where it cannot be rolled back it goes with its connection. */
async function rollBack(connection: PoolConnection, error: unknown): Promise<void> {
  if (isUnavailable(error)) return connection.destroy();
  try {
    await connection.query({ sql: 'ROLLBACK', timeout: STATEMENT_DEADLINE_MS });
    connection.release();
  } catch {
    connection.destroy();
  }
}
