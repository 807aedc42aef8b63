/** The checker of the chaos suite: an honest history passes, and every lie is told from the truth. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.js';
import { LIES, type Attempt } from './history.types.js';
import { TOLD } from './lies.js';
import { truthfulRun } from './truthful.js';

describe('the history checker', () => {
  it('finds nothing in the history of an honest service', () => {
    fc.assert(
      fc.property(truthfulRun, ({ history, record }) => {
        expect(checkHistory(history, record, { isSoldOut: false })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(LIES)('catches: %s', (lie) => {
    let told = 0;
    fc.assert(
      fc.property(truthfulRun, (run) => {
        const liar = TOLD[lie](run);
        if (liar === undefined) return;
        told += 1;
        const isSoldOut = lie === 'undersold';
        const findings = checkHistory(liar.history, liar.record, { isSoldOut });
        expect(findings.map((finding) => finding.lie)).toContain(lie);
      }),
      { numRuns: 300 },
    );
    expect(told).toBeGreaterThan(50);
  });

  const attempt = (user: string, more: Partial<Attempt>): Attempt => ({
    user,
    key: 'k',
    templateId: 't',
    invokedMs: 0,
    returnedMs: 10,
    answer: { kind: 'REFUSED', code: 'SOLD_OUT' },
    ...more,
  });
  const record = {
    templates: [{ templateId: 't', total: 1, perUserLimit: 1 }],
    coupons: [],
    redemptions: [],
  };
  const soldOut = (others: Attempt[]) =>
    checkHistory(
      { attempts: [...others, attempt('late', { invokedMs: 100, returnedMs: 110 })], orders: [] },
      record,
      { isSoldOut: false },
    );

  it('takes a request that nobody heard of again for one that may hold the last coupon', () => {
    const unheard = attempt('a', { answer: { kind: 'NONE', why: 'cut' } });
    expect(soldOut([unheard])).toEqual([]);
  });

  it('takes a request that surely failed for one that held a coupon only while it ran', () => {
    const failed = { answer: { kind: 'REFUSED', code: 'UNAVAILABLE' } } as const;
    expect(soldOut([attempt('a', { ...failed, returnedMs: 105 })])).toEqual([]);
    expect(soldOut([attempt('a', failed)])).toMatchObject([{ lie: 'sold out with room left' }]);
  });

  it('takes a request that Redis forgot while it ran for one that held a coupon until it was refused', () => {
    const attempts = [
      attempt('a', { returnedMs: 105 }),
      attempt('late', { invokedMs: 100, returnedMs: 110 }),
    ];
    const check = (isDisturbed: boolean) =>
      checkHistory({ attempts, orders: [] }, record, { isSoldOut: false, isDisturbed });
    expect(check(true)).toEqual([]);
    expect(check(false)).not.toEqual([]);
    const alone = { attempts: attempts.slice(1), orders: [] };
    expect(checkHistory(alone, record, { isSoldOut: false, isDisturbed: true })).not.toEqual([]);
  });
});
