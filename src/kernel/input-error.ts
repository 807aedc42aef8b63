/** Malformed input. `field` is the path a caller can find, e.g. `input.lines[3].quantity`. */
export class InputError extends Error {
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field}: ${problem}`);
    this.name = 'InputError';
  }
}

/** Throws an InputError naming `field` unless `condition` holds. */
export function requireInput(
  condition: boolean,
  field: string,
  problem: string,
): asserts condition {
  if (!condition) throw new InputError(field, problem);
}
