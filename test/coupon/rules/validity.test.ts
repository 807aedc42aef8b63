/** How long a coupon is valid, where the clocks are changed and where days are strange. */
import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import { validTimeOf } from '../../../src/coupon/rules/validity.js';

const ms = (iso: string) => Date.parse(iso);
const until = (timeZone: string, claimedAt: string, days: number) => {
  const validity = { days, fromMs: null, untilMs: null, timeZone };
  return new Date(validTimeOf(validity, ms(claimedAt)).expiresAtMs).toISOString();
};

describe('the valid time of a coupon', () => {
  it('of a fixed window is the window, whenever it was claimed', () => {
    const validity = { days: null, fromMs: 5, untilMs: 9, timeZone: 'Asia/Shanghai' };
    expect(validTimeOf(validity, 7)).toEqual({ validFromMs: 5, expiresAtMs: 9 });
  });

  it('of days begins with the claim', () => {
    const validity = { days: 1, fromMs: null, untilMs: null, timeZone: 'UTC' };
    expect(validTimeOf(validity, 123).validFromMs).toBe(123);
  });

  it.each<[zone: string, claimedAt: string, days: number, expiresAt: string, why: string]>([
    ['UTC', '2026-11-21T00:00:00Z', 1, '2026-11-23T00:00:00.000Z', 'the first moment of a day'],
    ['UTC', '2026-11-21T23:59:59.999Z', 1, '2026-11-23T00:00:00.000Z', 'the last moment of a day'],
    ['UTC', '2026-11-21T12:00:00Z', 7, '2026-11-29T00:00:00.000Z', 'a week'],
    ['UTC', '2028-02-28T12:00:00Z', 1, '2028-03-01T00:00:00.000Z', 'a leap day'],
    ['UTC', '2026-01-01T00:00:00Z', 3_650, '2035-12-31T00:00:00.000Z', 'ten years'],
    [
      'Asia/Shanghai',
      '2026-11-20T16:00:00Z',
      1,
      '2026-11-22T16:00:00.000Z',
      'midnight in Shanghai',
    ],
    ['Asia/Shanghai', '2026-11-20T15:59:59Z', 1, '2026-11-21T16:00:00.000Z', 'a second before it'],
    [
      'America/New_York',
      '2026-03-07T17:00:00Z',
      1,
      '2026-03-09T04:00:00.000Z',
      'a day of 23 hours',
    ],
    [
      'America/New_York',
      '2026-03-07T07:30:00Z',
      1,
      '2026-03-09T04:00:00.000Z',
      'claimed at an hour that day lacks',
    ],
    [
      'America/New_York',
      '2026-10-31T16:00:00Z',
      1,
      '2026-11-02T05:00:00.000Z',
      'a day of 25 hours',
    ],
    [
      'America/New_York',
      '2026-11-01T05:30:00Z',
      1,
      '2026-11-03T05:00:00.000Z',
      'claimed in the first of an hour that comes twice',
    ],
    [
      'America/New_York',
      '2026-11-01T06:30:00Z',
      1,
      '2026-11-03T05:00:00.000Z',
      'claimed in the second',
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-04T01:00:00Z',
      1,
      '2026-04-05T13:30:00.000Z',
      'clocks go back by half an hour',
    ],
    [
      'Australia/Lord_Howe',
      '2026-10-03T01:00:00Z',
      1,
      '2026-10-04T13:00:00.000Z',
      'clocks go forward by half an hour',
    ],
    [
      'America/Sao_Paulo',
      '2018-11-02T15:00:00Z',
      1,
      '2018-11-04T03:00:00.000Z',
      'the next day has no midnight',
    ],
    [
      'America/Sao_Paulo',
      '2018-11-03T15:00:00Z',
      1,
      '2018-11-05T02:00:00.000Z',
      'the last day has no midnight',
    ],
    [
      'America/Nuuk',
      '2024-03-30T01:30:00Z',
      1,
      '2024-03-31T01:00:00.000Z',
      'the hour of the claim is over midnight on the last day',
    ],
    [
      'America/Havana',
      '2026-10-30T16:00:00Z',
      1,
      '2026-11-01T04:00:00.000Z',
      'midnight comes twice, claimed in summer',
    ],
    [
      'America/Havana',
      '2026-01-30T17:00:00Z',
      274,
      '2026-11-01T04:00:00.000Z',
      'midnight comes twice, claimed in winter',
    ],
  ])('in %s claimed %s with %i days ends %s: %s', (zone, claimedAt, days, expiresAt) => {
    expect(until(zone, claimedAt, days)).toBe(expiresAt);
  });

  it('of days ends with the moment in which the day after the last one begins', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Havana',
      'America/Nuuk',
      'Africa/Cairo',
      'Asia/Kathmandu',
      'Europe/Berlin',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: ms('2024-01-01T00:00:00Z'), max: ms('2032-01-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 400 }),
        (timeZone, claimedAtMs, days) => {
          const zone = IANAZone.create(timeZone);
          const validity = { days, fromMs: null, untilMs: null, timeZone };
          const { expiresAtMs } = validTimeOf(validity, claimedAtMs);
          const dayOf = (at: number) => DateTime.fromMillis(at, { zone }).toISODate()!;
          const dayNumber = (at: number) => ms(`${dayOf(at)}T00:00:00Z`) / 86_400_000;
          expect(dayNumber(expiresAtMs) - dayNumber(claimedAtMs)).toBe(days + 1);
          expect(dayNumber(expiresAtMs - 1) - dayNumber(claimedAtMs)).toBe(days);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
