/** RUNNING: names are replaced, and it is looked through once more. DONE: nothing of the user is left here. */
export type ErasureStatus = 'RUNNING' | 'DONE';

/** One user erased, without the user. */
export interface Erasure {
  readonly id: string;
  readonly status: ErasureStatus;
  /** The operator who asked for it. */
  readonly actor: string;
  readonly reason: string;
  /** How many rows named the user. */
  readonly rows: number;
  readonly requestedAtMs: number;
  readonly finishedAtMs: number | null;
}

/** What a run needs to know of one that is not done. */
export interface RunningErasure extends Erasure {
  readonly userId: string;
  /** The names that take the place of the user id begin with it. */
  readonly pseudonym: string;
  readonly dueAtMs: number;
}
