import { describe, expect, it } from 'vitest';
import { pickDraw, pickSlot } from '../../src/claim/rules/pick-slot.js';

describe('a slot', () => {
  it('is the lowest that is free, within the limit', () => {
    expect(pickSlot([], 1)).toBe(1);
    expect(pickSlot([1, 3], 3)).toBe(2);
    expect(pickSlot([2, 1], 2)).toBeUndefined();
  });
});

describe('a draw number', () => {
  it('is the lowest that nobody has, within the total', () => {
    expect(pickDraw(new Set([1, 2, 4]), 4)).toBe(3);
    expect(pickDraw(new Set([1, 2]), 2)).toBeUndefined();
  });
});
