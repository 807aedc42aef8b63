/**
 * One replica, asked only for what is as fresh as the primary.
 *
 * Promise: a read that was let through sees every change whose commit was answered before the read was asked
 * for, by whichever process. So nobody misses the own claim, however far replication is behind, and nothing has
 * to be remembered of who wrote what (docs/adr/0015).
 *
 * How: the primary tells how far its binary log is, and the replica waits until it is as far. Reads that come
 * at the same time share one such round, which begins after all of them came (kernel/rounds.ts). A replica that
 * is not as far in time, or fails, is left alone for a while (rules/breaker.ts); its reads go to the primary.
 */
import {
  CONNECTION_WAIT_MS,
  REPLICA_DEADLINE_MS,
  REPLICA_PAUSE_MS,
  REPLICA_WAIT_MS,
} from '../config/limits.js';
import { Rounds } from '../kernel/rounds.js';
import { within } from '../kernel/within.js';
import type { Reader } from './database.js';
import { CLOSED, enter, type Breaker } from './rules/breaker.js';
import { replicationWords } from './rules/replication-words.js';

/** What became of a read that a replica could have answered. */
export type ReplicaOutcome = 'served' | 'behind' | 'failed';

/** Where a read goes that no replica may answer. */
export class NotFresh extends Error {
  constructor(
    readonly outcome: Exclude<ReplicaOutcome, 'served'>,
    cause: unknown,
  ) {
    super('the replica cannot answer as the primary would', { cause });
    this.name = 'NotFresh';
  }
}

/** How long a replica is waited for, its answer included, and left alone after it failed. */
export const REPLICA_TIMES = {
  waitMs: REPLICA_WAIT_MS,
  deadlineMs: REPLICA_DEADLINE_MS,
  pauseMs: REPLICA_PAUSE_MS,
};

export class Replica implements Reader {
  private breaker: Breaker = CLOSED;
  private shutAtMs = 0;
  private readonly rounds = new Rounds<void>();
  private version: string | undefined;

  constructor(
    private readonly primary: Reader,
    private readonly replica: Reader,
    /** It is left alone from now on, or serves again. */
    private readonly onChange: (isUsable: boolean, cause?: unknown) => void,
    private readonly times = REPLICA_TIMES,
  ) {}

  /** Not left alone at the moment. */
  get isUsable(): boolean {
    return this.breaker.shutUntilMs === 0;
  }

  /** Whether a read may be tried here now; after a pause one of them goes ahead of the others. */
  mayTry(): boolean {
    const { mayTry, next } = enter(this.breaker, performance.now(), CONNECTION_WAIT_MS);
    this.breaker = next;
    return mayTry;
  }

  /** @throws NotFresh: ask the primary · DatabaseUnavailable: the primary does not answer */
  rows: Reader['rows'] = async (sql, values) => {
    const beganMs = performance.now();
    await this.rounds.join('', () => this.catchUp());
    const rows = await this.replica
      .rows(sql, values)
      .catch((error: unknown) => this.giveUp('failed', error));
    this.serveAgain(beganMs);
    return rows;
  };

  private async catchUp(): Promise<void> {
    this.version ??= await this.textOf('SELECT VERSION() AS text');
    const words = replicationWords(this.version);
    const position = await this.textOf(words.position);
    // Without a binary log nobody can tell what a replica has.
    if (position === '') return this.giveUp('behind', 'the primary has no position to wait for');
    const { waitMs, deadlineMs } = this.times;
    const wait = this.replica.rows(words.wait, [position, waitMs / 1_000]);
    // The connection has a deadline of its own.
    const [row] = await within(wait, deadlineMs, () => {
      throw new Error('no answer in time');
    }).catch((error: unknown) => this.giveUp('failed', error));
    if (row?.['waited'] !== 0) this.giveUp('behind', `not at ${position} in time`);
  }

  private async textOf(statement: string): Promise<string> {
    const [row] = await this.primary.rows(statement);
    return String(row?.['text'] ?? '');
  }

  /** What was asked before the last failure says nothing of the time after it. */
  private serveAgain(beganMs: number): void {
    if (this.isUsable || beganMs < this.shutAtMs) return;
    this.breaker = CLOSED;
    this.onChange(true);
  }

  private giveUp(outcome: NotFresh['outcome'], cause: unknown): never {
    const wasUsable = this.isUsable;
    this.shutAtMs = performance.now();
    this.breaker = { ...this.breaker, shutUntilMs: this.shutAtMs + this.times.pauseMs };
    if (wasUsable) this.onChange(false, cause);
    throw new NotFresh(outcome, cause);
  }
}
