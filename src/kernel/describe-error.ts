/**
 * An error as a log line has it: what it is and where it came from, and nothing else of it. Drivers hang
 * the statement and its values on their errors (mysql2: sql, sqlMessage; ioredis: command.args), and a list
 * of what may be told cannot miss what the next version hangs there.
 */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
  readonly errors?: readonly DescribedError[];
  readonly [fact: string]: unknown;
}

const FACTS = ['code', 'errno', 'sqlState', 'syscall', 'address', 'port', 'reason'] as const;
const CAUSES_MAX = 4;
const ERRORS_MAX = 5;

/** @param error anything that was thrown */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const facts = error as unknown as Record<string, unknown>;
  const told = FACTS.flatMap((name) => {
    const value = facts[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
  });
  const isDeeper = depth < CAUSES_MAX;
  const many = error instanceof AggregateError && isDeeper ? error.errors.slice(0, ERRORS_MAX) : [];
  return {
    type: error.name,
    message: error.message,
    ...Object.fromEntries(told),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause !== undefined && isDeeper
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
    ...(many.length > 0 ? { errors: many.map((one) => describeError(one, depth + 1)) } : {}),
  };
}
