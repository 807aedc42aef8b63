/** Histories that an honest service would leave, for the tests of the checker: clients overlap, answers get lost. */
import fc from 'fast-check';
import type { Attempt, CouponRecord, FinalRecord, History } from './history.types.js';

export interface Run {
  readonly history: History;
  readonly record: FinalRecord;
}

const TEMPLATE = 'template';

const request = fc.record({
  user: fc.nat(5),
  key: fc.nat(3),
  /** How long before and after its moment of truth the request ran. */
  beforeMs: fc.nat(30),
  afterMs: fc.nat(30),
  fate: fc.constantFrom('told', 'told', 'told', 'lost', 'unknown', 'failed', 'failed unknown'),
});

/** Requests are decided one after the other, ten milliseconds apart, by the rules of the contract. */
export const truthfulRun: fc.Arbitrary<Run> = fc
  .record({
    total: fc.integer({ min: 1, max: 12 }),
    perUserLimit: fc.integer({ min: 1, max: 3 }),
    requests: fc.array(request, { minLength: 1, maxLength: 60 }),
  })
  .map(({ total, perUserLimit, requests }) => {
    const coupons: CouponRecord[] = [];
    const attempts = requests.map(({ user, key, beforeMs, afterMs, fate }, i): Attempt => {
      const who = { user: `user-${user}`, key: `key-${key}` };
      const asked = {
        ...who,
        templateId: TEMPLATE,
        invokedMs: i * 10 - beforeMs,
        returnedMs: i * 10 + afterMs,
      };
      const refused = (code: string): Attempt => ({ ...asked, answer: { kind: 'REFUSED', code } });
      const own = coupons.filter(({ userId }) => userId === who.user);
      let coupon = own.find((other) => other.key === who.key);
      if (coupon === undefined) {
        if (own.length >= perUserLimit) return refused('USER_LIMIT_REACHED');
        if (coupons.length >= total) return refused('SOLD_OUT');
        if (fate === 'failed') return refused('UNAVAILABLE');
        if (fate === 'failed unknown') return refused('OUTCOME_UNKNOWN');
        coupon = { couponId: `coupon-${i}`, templateId: TEMPLATE, userId: who.user, key: who.key };
        coupons.push(coupon);
      }
      if (fate === 'lost') return { ...asked, answer: { kind: 'NONE', why: 'cut' } };
      if (fate === 'unknown') return refused('OUTCOME_UNKNOWN');
      const { couponId, userId: ownerId } = coupon;
      return { ...asked, answer: { kind: 'COUPON', couponId, ownerId } };
    });
    return {
      history: { attempts, orders: [] },
      record: {
        templates: [{ templateId: TEMPLATE, total, perUserLimit }],
        coupons,
        redemptions: [],
      },
    };
  });
