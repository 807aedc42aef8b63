/** What every answer is judged by, whatever was asked. */
const INSIDE =
  /\b(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|DROP TABLE|SQLSTATE|ER_[A-Z_]+|errno|ECONN\w+|ENOENT)\b|node_modules|\.(?:ts|js):\d+|\n\s+at |127\.0\.0\.1|localhost|\/(?:home|root|work|tmp|srv|usr|etc)\/|mariadb|mysql:|redis:|fastify|TypeError|RangeError|SyntaxError/i;

const CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNAVAILABLE',
  'OVERLOADED',
  'RATE_LIMITED',
]);

interface Body {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** The word that an answer should not have; what the request itself said may be said again. */
export function tellsOfTheInside(answer: string, asked: string): string | null {
  const word = INSIDE.exec(answer)?.[0];
  return word === undefined || asked.includes(word) ? null : word;
}

/** Which error codes an answer has that are not on the list. */
export function untypedErrorsOf(answer: string): string[] {
  const { errors = [] } = JSON.parse(answer) as Body;
  return errors
    .map(({ extensions }) => extensions?.code ?? 'none')
    .filter((code) => !CODES.has(code));
}

/** How a request was refused: by status, by typed errors, by a Rejection, or with nothing. null: it was not. */
export function refusalOf(status: number, answer: string): string | null {
  if (status >= 400 && status < 500) return String(status);
  if (status !== 200 && status !== 503) return null;
  const { data, errors = [] } = JSON.parse(answer) as Body;
  if (errors.length > 0) return untypedErrorsOf(answer).length === 0 ? 'errors' : null;
  const isEmpty = (value: unknown): boolean => {
    if (value === null) return true;
    if (Array.isArray(value)) return value.every(isEmpty);
    if (typeof value !== 'object') return false;
    const { __typename, ...fields } = value as Readonly<Record<string, unknown>>;
    const told = Object.values(fields);
    return __typename === 'Rejection' || (told.length > 0 && told.every(isEmpty));
  };
  return Object.values(data ?? {}).every(isEmpty) ? 'nothing' : null;
}
