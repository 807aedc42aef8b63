/** The arms of an experiment side by side. */
import { describe, expect, it } from 'vitest';
import { compareArms } from '../../../src/numbers/rules/compare-arms.js';

const arm = (templateId: string, weight: number, issued: number, used: number) => ({
  templateId,
  weight,
  stats: { issued, used, discountGivenMinor: used * 500, countedAtMs: 7 },
});
const uncounted = (templateId: string) => ({ templateId, weight: 1, stats: undefined });

describe('the arms of an experiment', () => {
  it('are held against the one that was written first, which is held against none', () => {
    const [control, other] = compareArms([arm('a', 1, 200, 100), arm('b', 1, 200, 120)]);
    expect(control).toMatchObject({ isControl: true, uplift: undefined });
    expect(other).toMatchObject({
      isControl: false,
      numbers: { claimed: 200, used: 120, discountGivenMinor: 60_000, countedAtMs: 7 },
    });
    expect(other!.numbers!.conversion!.value).toBeCloseTo(0.6, 12);
    expect(other!.uplift!.conversion!.value).toBeCloseTo(0.1, 12);
    expect(other!.uplift!.uses!.value).toBeCloseTo(0.2, 12);
  });

  it('may convert better and be used less: whoever claims chose to', () => {
    const [, picky] = compareArms([arm('a', 1, 1_000, 500), arm('b', 1, 200, 160)]);
    expect(picky!.uplift!.conversion!.low).toBeGreaterThan(0);
    expect(picky!.uplift!.uses!.high).toBeLessThan(0);
  });

  it('of other weights are compared for as many users', () => {
    const [, large] = compareArms([arm('a', 1, 100, 50), arm('b', 3, 300, 150)]);
    expect(large!.uplift!.uses!.value).toBeCloseTo(0, 12);
  });

  it('are not compared where one was not counted, was not claimed, or has nothing to compare with', () => {
    expect(compareArms([uncounted('a'), arm('b', 1, 10, 5)])[1]!.uplift).toBeUndefined();
    expect(compareArms([arm('a', 1, 10, 5), uncounted('b')])[1]).toMatchObject({
      numbers: undefined,
      uplift: undefined,
    });
    const untouched = compareArms([arm('a', 1, 0, 0), arm('b', 1, 0, 0)]);
    expect(untouched[1]!.numbers!.conversion).toBeUndefined();
    expect(untouched[1]!.uplift).toEqual({ conversion: undefined, uses: undefined });
    expect(compareArms([])).toEqual([]);
  });
});
