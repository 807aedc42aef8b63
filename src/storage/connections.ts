/**
 * The connections of one pool, lent one at a time.
 *
 * Promise: nobody waits longer than CONNECTION_WAIT_MS for one, and after callers waited in vain the next are
 * told at once (rules/breaker.ts). Whoever has one ends with `letGo`, whatever he did with it.
 */
import type { Pool, PoolConnection } from 'mysql2/promise';
import { CONNECTION_WAIT_MS, DATABASE_PAUSE_MS } from '../config/limits.js';
import { within } from '../kernel/within.js';
import { DatabaseUnavailable } from './database-errors.js';
import { CLOSED, enter, signOfLife, waitedInVain, type Breaker } from './rules/breaker.js';

export class Connections {
  private breaker: Breaker = CLOSED;
  private busy = 0;
  private waiting = 0;

  constructor(private readonly pool: Pool) {}

  /** Connections in use, and callers that wait for one. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.busy, waiting: this.waiting };
  }

  /** One within the deadline; one that comes later goes back to the pool. @throws DatabaseUnavailable */
  async acquire(): Promise<PoolConnection> {
    const beganMs = performance.now();
    const { mayTry, next } = enter(this.breaker, beganMs, CONNECTION_WAIT_MS);
    this.breaker = next;
    if (!mayTry) throw new DatabaseUnavailable('left alone after callers waited in vain');
    const coming = this.pool.getConnection();
    this.waiting += 1;
    try {
      const connection = await within(coming, CONNECTION_WAIT_MS, () => {
        this.noteVain(beganMs);
        throw new DatabaseUnavailable('no free connection');
      });
      this.busy += 1;
      return connection;
    } catch (error) {
      void coming.then((connection) => connection.release()).catch(() => undefined);
      throw error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
    } finally {
      this.waiting -= 1;
    }
  }

  /** The caller has done with his connection: released or destroyed it. */
  letGo(): void {
    this.busy -= 1;
  }

  noteLife(): void {
    this.breaker = signOfLife(performance.now());
  }

  /** Somebody waited in vain since then. */
  noteVain(sinceMs: number): void {
    this.breaker = waitedInVain(this.breaker, sinceMs, performance.now(), DATABASE_PAUSE_MS);
  }
}
