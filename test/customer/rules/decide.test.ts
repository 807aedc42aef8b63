/** Only a refusal that stays true is final. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/customer/rules/decide.js';
import { rejection, type FailureCode } from '../../../src/kernel/rejection.js';
import { ok, rejected } from '../../../src/kernel/result.js';

describe('the answer about a template', () => {
  const codeOf = (code: FailureCode) => decide(rejected(rejection(code)));

  it('is the coupon', () => {
    expect(decide(ok({ coupon: { id: 'c' } }))).toEqual({ state: 'GRANTED', couponId: 'c' });
  });

  it.each(['SOLD_OUT', 'USER_LIMIT_REACHED', 'CLAIM_CLOSED'] as const)('%s is final', (code) => {
    expect(codeOf(code)).toEqual({ state: 'REFUSED', code });
  });

  it.each(['OUTCOME_UNKNOWN', 'UNAVAILABLE', 'OVERLOADED'] as const)('%s asks again', (code) => {
    expect(codeOf(code)).toEqual({ state: 'PENDING', code });
  });

  it.each(['TEMPLATE_NOT_FOUND', 'TEMPLATE_NOT_ACTIVE', 'CLAIM_NOT_OPEN'] as const)(
    '%s is of a memory that does not know yet that it is open',
    (code) => {
      expect(codeOf(code)).toEqual({ state: 'PENDING', code: 'UNAVAILABLE' });
    },
  );
});
