/** What is written for people to read has no secret in it and names no person. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCode } from '../../src/coupon/rules/coupon-code.js';
import { describeError } from '../../src/kernel/describe-error.js';
import { newId } from '../../src/kernel/ids.js';
import { maskFields } from '../../src/kernel/mask-fields.js';
import { HIDDEN, maskText } from '../../src/kernel/mask-text.js';
import { pseudonymsBy } from '../../src/logger.js';

const pseudonymOf = pseudonymsBy('a key');
const mask = (value: unknown) => maskFields(value, pseudonymOf);

describe('a text', () => {
  it.each([
    ['a token', 'got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl here', 'eyJ'],
    ['half a token', 'got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbm5hIn0', 'eyJ'],
    ['a bearer', 'authorization: Bearer abc.def-123', 'abc.def'],
    ['a webhook secret', 'signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ'],
    ['a password in an address', 'cannot reach mysql://app:hunter2@db:3306/coupons', 'hunter2'],
    ['a named token', '{"verificationToken":"pow1.123.456"}', 'pow1'],
    ['a named device', 'deviceId=phone-of-anna; more', 'phone-of-anna'],
    ['a named user in JSON in JSON', '{"body":"{\\"userId\\":\\"anna\\"}"}', 'anna'],
    ['a value that MySQL repeats', "Duplicate entry 'T-anna-1' for key 'uk_coupon_slot'", 'anna'],
    [
      'a value with quotes',
      "You have an error in your SQL syntax; near 'x'anna' OR 1' at line 1",
      'anna',
    ],
    [
      'a strange value',
      "Incorrect string value: 'anna\\xF0' for column `c`.`t`.`x` at row 1",
      'anna',
    ],
    ['a coupon code', `code ${makeCode(new Uint8Array(14).fill(77))} is gone`, 'DDDD'],
    ['a code in groups', 'code 7H2K-9QWE-RT3Y-5M0P', '9QWE'],
    ['an e-mail', 'write to anna.b+shop@example.co.uk now', 'anna.b'],
    ['a phone', 'call +44 20 7946-0958 or so', '7946'],
    ['a mobile', 'call 13812345678', '1381234'],
    ['a card', 'paid with 4111 1111 1111 1111 today', '1111'],
    ['an address', 'from 203.0.113.7 just now', '203.0.113'],
    ['a long address', 'from 2001:db8:85a3::8a2e:370:7334 just now', '85a3'],
  ])('does not tell %s', (_, text, secret) => {
    expect(text).toContain(secret);
    expect(maskText(text)).not.toContain(secret);
    expect(maskText(text)).toContain(HIDDEN);
  });

  it.each([
    `template ${newId(1_795_323_536_040)} is at epoch 7`,
    'at 2026-11-22 05:17:03.123, 1795323536040 ms',
    'connect ECONNREFUSED 127.0.0.1:3306',
    'ER_DUP_ENTRY: errno 1062, SOLD_OUT, USER_LIMIT_REACHED',
    'at file:///srv/app/dist/storage/database.js:120:15',
    'issue 1234567890123456 was counted 4111111111111112 times',
    '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    'ABCDEFGHJKMNPQRS is a word',
  ])('is left as it is: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('is masked before the test is over, however it repeats itself', () => {
    const parts = [
      'a',
      '1',
      '-',
      '.',
      '@',
      ':',
      '/',
      "'",
      '"',
      '=',
      'eyJ',
      'token',
      '+1',
      'Bearer ',
    ];
    for (const part of parts) {
      const text = part.repeat(8_192 / part.length);
      expect(maskText(text).length).toBeLessThanOrEqual(2 * text.length);
    }
  });
});

describe('a line', () => {
  it('has a pseudonym for a user or an order, the same each time and another for each', () => {
    const [one, same, other] = [
      mask({ userId: 'anna', orderId: 'o-1' }),
      mask({ deep: [{ customerId: 'anna' }], list: { userIds: ['anna', 'ben'] } }),
      mask({ actor: 'ben', order: 'o-2' }),
    ] as [Record<string, string>, never, Record<string, string>];
    const user = pseudonymOf('user', 'anna');
    expect(one).toEqual({ userId: user, orderId: pseudonymOf('order', 'o-1') });
    expect(user).toMatch(/^u_[\w-]{10}$/);
    expect(same).toEqual({
      deep: [{ customerId: user }],
      list: { userIds: [user, pseudonymOf('user', 'ben')] },
    });
    expect(other['actor']).not.toBe(user);
    expect(pseudonymsBy('another key')('user', 'anna')).not.toBe(user);
  });

  it('hides what stands under the name of a secret, however it is written and however deep', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'authorization',
          'Cookie',
          'verification_token',
          'deviceId',
          'code',
          'e-mail',
        ),
        fc.stringMatching(/^[a-z0-9 -]{1,30}~$/),
        fc.array(fc.constantFrom('request', 'headers', 'error'), { maxLength: 4 }),
        (name, secret, path) => {
          const value = path.reduce<unknown>((inner, key) => ({ [key]: inner }), {
            [name]: secret,
          });
          expect(JSON.stringify(mask(value))).not.toContain(secret);
        },
      ),
    );
  });

  it('keeps what says what happened', () => {
    const line = {
      code: 'SOLD_OUT',
      step: 'risk',
      times: 3,
      err: { code: 'ER_DUP_ENTRY' },
      pid: 7,
    };
    expect(mask(line)).toEqual(line);
    expect(mask({ code: 'OVERLOADED', actor: 'job:expire-coupons' })).toEqual({
      code: 'OVERLOADED',
      actor: 'job:expire-coupons',
    });
  });

  it('is cut where it is deeper or longer than anybody reads', () => {
    const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => ({ inner }), 'end');
    expect(JSON.stringify(mask(deep))).toContain('[deeper]');
    expect((mask({ text: 'x'.repeat(100_000) }) as { text: string }).text).toHaveLength(8_192);
    expect(mask({ list: Array(1_000).fill(1) })).toEqual({ list: Array(100).fill(1) });
  });
});

describe('an error', () => {
  it('is told without what drivers hang on it: statements, values, arguments', () => {
    const mysql = Object.assign(new Error("Duplicate entry 'T-anna-1' for key 'uk'"), {
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      sql: "INSERT INTO coupon VALUES ('anna')",
      sqlMessage: "Duplicate entry 'T-anna-1' for key 'uk'",
    });
    const redis = Object.assign(new Error('ERR', { cause: mysql }), {
      command: { name: 'set', args: ['quote:1', 'anna'] },
    });
    const told = mask({ err: describeError(new AggregateError([redis], 'many')) });
    expect(JSON.stringify(told)).not.toContain('anna');
    expect(told).toMatchObject({
      err: { errors: [{ message: 'ERR', cause: { code: 'ER_DUP_ENTRY', errno: 1062 } }] },
    });
  });

  it('in a circle is told once around, and what is no error as text', () => {
    const error = new Error('one');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
    expect(describeError('a text')).toEqual({ type: 'string', message: 'a text' });
  });
});
