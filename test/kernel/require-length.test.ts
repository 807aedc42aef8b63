/** Keys and reasons: how long they may be, to the character. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/kernel/input-error.js';
import { requireLength, requireNoLonger } from '../../src/kernel/require-length.js';

const told = (work: () => void): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
};

describe('a text of a bounded length', () => {
  it.each([
    [0, 'input.key: must have 1 to 3 characters'],
    [1, undefined],
    [3, undefined],
    [4, 'input.key: must have 1 to 3 characters'],
  ])('that must be there is judged at %d characters of 3', (length, problem) => {
    expect(told(() => requireLength('x'.repeat(length), 'input.key', 3))).toBe(problem);
  });

  it.each([
    [0, undefined],
    [3, undefined],
    [4, 'input.reason: must be at most 3 characters'],
  ])('that may be empty is judged at %d characters of 3', (length, problem) => {
    expect(told(() => requireNoLonger('x'.repeat(length), 'input.reason', 3))).toBe(problem);
  });
});
