/**
 * What can go wrong with MySQL, in the three kinds that callers must tell apart:
 * nothing was done (unavailable), it may or may not have been done (unknown), and a unique key refused.
 * A lost connection during COMMIT is unknown: of the commits that fail so, a part did commit.
 */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('the database did not answer; nothing was done', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the answer to a commit was lost', { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** Two statements met; the transaction was rolled back and may be tried again whole. */
const RETRYABLE = new Set([
  1205, // ER_LOCK_WAIT_TIMEOUT: rolls back one statement only, so the whole transaction must go
  1213, // ER_LOCK_DEADLOCK
  1020, // ER_CHECKREAD: MariaDB with innodb_snapshot_isolation
]);

/** The server refuses to work for now. Anything with a driver's code (ECONNREFUSED, …) counts too. */
const UNAVAILABLE = new Set([
  1040, // too many connections
  1053, // shutdown in progress
  1114, // table full: the disk is
  1290, // read-only
  1792, // read-only transaction
  1836, // read-only mode
  1927, // connection was killed
  3024, // query execution was interrupted: maximum execution time
  1969, // MariaDB: max_statement_time
]);

interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly fatal?: boolean;
  readonly sqlState?: string;
}

/** MySQL said it, so it came back with the statement that failed; any other error is of the link to it. */
export function isFromServer(error: unknown): boolean {
  return typeof (error as DriverError | null)?.sqlState === 'string';
}

export function isSyntaxError(error: unknown): boolean {
  return (error as DriverError | null)?.errno === 1064;
}

export function isDuplicateKey(error: unknown): boolean {
  return (error as DriverError | null)?.errno === 1062;
}

/** The name of the unique key a duplicate met, e.g. `uk_coupon_slot`. */
export function duplicateKeyName(error: unknown): string | undefined {
  const text = isDuplicateKey(error) ? (error as Error).message : '';
  return /for key '(?:\w+\.)?(\w+)'/.exec(text)?.[1];
}

export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has((error as DriverError | null)?.errno ?? 0);
}

/** Codes of a lost or refused link: ECONNRESET, EPIPE, ETIMEDOUT, PROTOCOL_CONNECTION_LOST, … */
const LINK = /^(E[A-Z]+|PROTOCOL_[A-Z_]+)$/;

export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const { errno, code, fatal } = (error ?? {}) as DriverError;
  if (errno !== undefined && UNAVAILABLE.has(errno)) return true;
  return fatal === true || (code !== undefined && LINK.test(code));
}
