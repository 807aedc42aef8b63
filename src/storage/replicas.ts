/**
 * The one door for reads that show and do not decide: wallets, coupons, lists of operators. They are answered
 * by replicas where these are as fresh as the primary (replica.ts), else by the primary. Whoever decides, quotes
 * included, reads from the Database itself.
 */
import type { Reader } from './database.js';
import { NotFresh, Replica, REPLICA_TIMES, type ReplicaOutcome } from './replica.js';

export interface ReplicasObserver {
  /** Of every read: what a replica made of it; `none`: all of them are left alone. */
  readonly read: (outcome: ReplicaOutcome | 'none') => void;
  /** A replica is left alone from now on, or serves again. */
  readonly changed: (place: number, isUsable: boolean, cause?: unknown) => void;
}

export class Replicas implements Reader {
  private readonly all: readonly Replica[];
  private turn = 0;

  constructor(
    private readonly primary: Reader,
    replicas: readonly Reader[],
    private readonly observer: ReplicasObserver,
    times = REPLICA_TIMES,
  ) {
    this.all = replicas.map(
      (replica, place) =>
        new Replica(
          primary,
          replica,
          (isUsable, cause) => observer.changed(place, isUsable, cause),
          times,
        ),
    );
  }

  /** How many replicas there are, and how many of them are not left alone. */
  get state(): { readonly configured: number; readonly usable: number } {
    return { configured: this.all.length, usable: this.all.filter((one) => one.isUsable).length };
  }

  /** @throws DatabaseUnavailable */
  rows: Reader['rows'] = async (sql, values) => {
    const replica = this.choose();
    if (replica === undefined) this.observer.read('none');
    try {
      const rows = await (replica ?? this.primary).rows(sql, values);
      if (replica !== undefined) this.observer.read('served');
      return rows;
    } catch (error) {
      if (!(error instanceof NotFresh)) throw error;
      this.observer.read(error.outcome);
      return this.primary.rows(sql, values);
    }
  };

  /** In turn, past those that are left alone. */
  private choose(): Replica | undefined {
    for (let tries = 0; tries < this.all.length; tries += 1) {
      const replica = this.all[(this.turn += 1) % this.all.length]!;
      if (replica.mayTry()) return replica;
    }
    return undefined;
  }
}
