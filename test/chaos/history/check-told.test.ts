/** The checker of what was told finds each way of telling it wrongly. */
import { expect, it } from 'vitest';
import { wronglyTold } from './check-told.js';

const told = (taken: readonly number[], streamed: readonly number[]) =>
  wronglyTold({
    versions: new Map([['c', 3]]),
    taken: new Map([['c', taken]]),
    streamed: new Map([['c', streamed]]),
    isAll: true,
  });

it('has nothing to say where each change was told once, in its place', () => {
  expect(told([1, 2, 3], [1, 2, 3])).toEqual([]);
});

it.each([
  ['left out by webhook', [1, 3], [1, 2, 3]],
  ['out of order by webhook', [1, 3, 2], [1, 2, 3]],
  ['left out in the stream', [1, 2, 3], [1, 2]],
  ['twice in the stream', [1, 2, 3], [1, 2, 2, 3]],
  ['not told at all', [], [1, 2, 3]],
])('finds what is %s', (_what, taken, streamed) => {
  expect(told(taken, streamed)).toHaveLength(1);
});
