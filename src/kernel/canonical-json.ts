/**
 * One text for one JSON value, however its keys were ordered and wherever it was printed: what two
 * machines must agree on before they can agree on its hash.
 */

/** JSON of a GraphQL request is a handful of levels; deeper is an attack on whoever walks it. */
const DEPTH_MAX = 64;

export class TooDeep extends Error {
  constructor() {
    super(`JSON is nested deeper than ${DEPTH_MAX} levels`);
    this.name = 'TooDeep';
  }
}

/**
 * Object keys sorted by UTF-16 code unit, no blanks, `undefined` as JSON.stringify has it.
 *
 * @throws TooDeep
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) throw new TooDeep();
  if (Array.isArray(value))
    return `[${value.map((one) => canonicalJson(one ?? null, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one, depth + 1)}`);
  return `{${entries.join(',')}}`;
}
