/** The words of codes: a batch, its key, and what a typed code turned out to be. */
export type BatchStatus = 'DONE' | 'STOPPED';

export interface Batch {
  readonly id: string;
  readonly templateId: string;
  /** Four characters, at the head of each of its codes; no other batch has them. */
  readonly batchNo: string;
  /** What its codes begin with, as it is shown; empty: nothing. */
  readonly prefix: string;
  /** The one code that `total` people may use; null: there are `total` codes for one person each. */
  readonly vanityCode: string | null;
  readonly keyId: string;
  readonly total: number;
  readonly issued: number;
  readonly status: BatchStatus;
  readonly version: number;
  readonly authorId: string;
  /** The hash of the author's idempotency key. */
  readonly requestKey: string;
  /** The hash of the input. */
  readonly fingerprint: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A code of ours: its batch, and its number there; null: the code that many people may use. */
export interface FoundCode {
  readonly batch: Batch;
  readonly serial: number | null;
}

/** One code as an operator sees it. */
export interface IssuedCode {
  readonly code: string;
  readonly claimedBy: string | null;
  readonly claimedAtMs: number | null;
}
