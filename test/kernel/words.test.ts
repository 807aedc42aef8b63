/** The small words that everything else is said in: ids, digests, lifecycles, currencies, refusals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasScope,
  maySee,
  NotAllowed,
  NotAuthenticated,
  requireScope,
  type Caller,
} from '../../src/kernel/caller.js';
import { digitsOf, isCurrency } from '../../src/kernel/currency.js';
import { digest } from '../../src/kernel/digest.js';
import { isExternalId, readExternalId } from '../../src/kernel/external-id.js';
import { isId, newId } from '../../src/kernel/ids.js';
import { InputError, requireInput } from '../../src/kernel/input-error.js';
import { next, refuse, to, type Lifecycle } from '../../src/kernel/lifecycle.js';
import { FAILURE_CODES, rejection } from '../../src/kernel/rejection.js';
import { messageOf } from '../../src/graph/messages.js';

describe('an id from outside', () => {
  it('is 1 to 128 printable ASCII characters without blanks, whatever they are', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 128,
    });
    fc.assert(fc.property(printable, (id) => readExternalId(id, 'f') === id));
  });

  it.each([
    '',
    ' ',
    'a b',
    'a ',
    ' a',
    'a\n',
    'a\u0000',
    'ä',
    '用户',
    '🎟️',
    '\u007f',
    'x'.repeat(129),
  ])('is never %j, and the error names the field', (text) => {
    expect(isExternalId(text)).toBe(false);
    expect(() => readExternalId(text, 'input.orderId')).toThrow(
      expect.objectContaining({ field: 'input.orderId' }),
    );
  });
});

describe('an id of ours', () => {
  it('is made in the order of time, also many in one millisecond', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) =>
      newId(1_700_000_000_000 + Math.floor(i / 5_000)),
    );
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isId)).toBe(true);
  });

  it.each([
    '',
    'x',
    '0'.repeat(25),
    '0'.repeat(27),
    `${'0'.repeat(25)}U`,
    `${'0'.repeat(25)}a`,
    `${'0'.repeat(26)}\n`,
  ])('is never %j', (text) => expect(isId(text)).toBe(false));
});

describe('a digest', () => {
  it('is 22 characters for anything', () => {
    fc.assert(fc.property(fc.array(fc.string()), (parts) => /^[\w-]{22}$/.test(digest(...parts))));
  });

  it('tells apart what would be equal if it were only joined', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', '1', ':', '2'), maxLength: 4 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(digest(...a) === digest(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 3_000 },
    );
    const same = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['a', '1:b', 'c'],
      ['a', '1:b1:c'],
    ];
    expect(new Set(same.map((one) => digest(...one))).size).toBe(same.length);
  });
});

describe('a lifecycle', () => {
  const DOOR: Lifecycle<'OPEN' | 'SHUT', 'PUSH' | 'PULL'> = {
    OPEN: { PUSH: to('SHUT'), PULL: refuse('ILLEGAL_TRANSITION') },
    SHUT: { PUSH: refuse('COUPON_FROZEN'), PULL: to('OPEN') },
  };

  it('answers the next state, or the refusal by the name the table has', () => {
    expect(next(DOOR, 'OPEN', 'PUSH')).toEqual({ ok: true, value: 'SHUT' });
    expect(next(DOOR, 'SHUT', 'PUSH')).toEqual({
      ok: false,
      rejection: {
        code: 'COUPON_FROZEN',
        retryable: false,
        detail: { fact: 'NOT_POSSIBLE_FROM', event: 'PUSH', from: 'SHUT' },
      },
    });
  });
});

describe('a currency', () => {
  it.each([
    ...['CNY', 'USD', 'EUR', 'HKD', 'MGA', 'MRU'].map((code) => [code, 2] as const),
    ...['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'UGX'].map((code) => [code, 0] as const),
    ...['KWD', 'BHD', 'JOD', 'OMR', 'TND'].map((code) => [code, 3] as const),
    ...['CLF', 'UYW'].map((code) => [code, 4] as const),
  ])('%s has %i fraction digits', (code, digits) => {
    expect([isCurrency(code), digitsOf(code)]).toEqual([true, digits]);
  });

  it.each(['', 'cny', 'CN', 'CNYY', 'RMB', 'BTC', '¥', ' CNY', 'constructor'])(
    'is not %j',
    (code) => {
      expect(isCurrency(code)).toBe(false);
    },
  );
});

describe('a refusal', () => {
  const RETRYABLE = [
    'CLAIM_NOT_OPEN',
    'RATE_LIMITED',
    'DEVICE_LIMITED',
    'OUTCOME_UNKNOWN',
    'UNAVAILABLE',
    'OVERLOADED',
  ];

  it.each(FAILURE_CODES.map((code) => [code, RETRYABLE.includes(code)] as const))(
    'with %s has retryable %s, and a sentence in both languages',
    (code, retryable) => {
      const refusal = rejection(code, { couponId: 'c' });
      expect(refusal).toEqual({ code, retryable, couponId: 'c' });
      expect(messageOf(refusal, ['en'])).toMatch(/^[A-Z][ -~]+\.$/);
      expect(messageOf(refusal, ['zh-CN'])).toMatch(/[\u4e00-\u9fff].*。$/);
    },
  );

  it('tells how much more must be spent in the digits of the currency', () => {
    const refusal = rejection('THRESHOLD_NOT_MET', {
      shortfall: { amountMinor: 5, currency: 'CNY' },
    });
    expect(messageOf(refusal, ['en'])).toBe(
      'The minimum spend is not reached. Spend 0.05 CNY more.',
    );
    expect(messageOf(refusal, ['zh-CN'])).toBe('未达到使用门槛。 还差 0.05 CNY。');
  });

  it('of an input is an error with the field and the problem', () => {
    expect(() => requireInput(false, 'input.x', 'is odd')).toThrow(
      new InputError('input.x', 'is odd'),
    );
    expect(() => requireInput(true, 'input.x', 'is odd')).not.toThrow();
  });
});

describe('a caller', () => {
  const caller = (userId: string | null, ...scopes: string[]): Caller => ({
    userId,
    scopes: new Set(scopes),
    level: null,
    languages: ['en'],
    address: '',
  });

  it('has the scopes of the token and no others', () => {
    expect(hasScope(caller('a', 'coupons:admin'), 'coupons:admin')).toBe(true);
    expect(hasScope(caller('a', 'coupons:admin'), 'coupons:redeem')).toBe(false);
    expect(requireScope(caller('a', 'coupons:admin'), 'coupons:admin')).toBe('a');
    expect(() => requireScope(caller('a'), 'coupons:admin')).toThrow(NotAllowed);
    expect(() => requireScope(caller(null, 'coupons:admin'), 'coupons:admin')).toThrow(
      NotAuthenticated,
    );
  });

  it('sees what is its own; operators and the order service see everything', () => {
    expect(maySee(caller('a'), 'a')).toBe(true);
    expect(maySee(caller('a', 'coupons:approve', 'coupons:events'), 'b')).toBe(false);
    expect(maySee(caller(null), '')).toBe(false);
    expect(maySee(caller('a', 'coupons:admin'), 'b')).toBe(true);
    expect(maySee(caller('a', 'coupons:redeem'), 'b')).toBe(true);
  });
});
