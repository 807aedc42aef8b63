/** A birthday is a day of the calendar where the customer is. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  birthdayAfter,
  isTooLate,
  nextBirthday,
  yearOf,
} from '../../../src/customer/rules/birthday.js';

const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString();
const DAY_MS = 86_400_000;

describe('a birthday', () => {
  it.each([
    ['Pacific/Kiritimati', '2027-04-30T10:00:00.000Z'],
    ['Asia/Shanghai', '2027-04-30T16:00:00.000Z'],
    [null, '2027-05-01T00:00:00.000Z'],
    ['America/Los_Angeles', '2027-05-01T07:00:00.000Z'],
  ])('begins with the day in %s', (timeZone, expected) => {
    const day = { birthday: '05-01', timeZone };
    expect(iso(nextBirthday(day, at('2027-01-15T00:00:00Z')))).toBe(expected);
  });

  it('is today until the day is over, then next year', () => {
    const day = { birthday: '05-01', timeZone: 'America/Los_Angeles' };
    const start = '2027-05-01T07:00:00.000Z';
    expect(iso(nextBirthday(day, at('2027-05-02T06:59:59.999Z')))).toBe(start);
    expect(iso(nextBirthday(day, at('2027-05-02T07:00:00Z')))).toBe('2028-05-01T07:00:00.000Z');
  });

  it('on 29 February is on the 28th in years without one', () => {
    const day = { birthday: '02-29', timeZone: null };
    let startMs = nextBirthday(day, at('2026-06-01T00:00:00Z'));
    const starts: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      starts.push(iso(startMs).slice(0, 10));
      startMs = birthdayAfter(day, startMs, startMs);
    }
    expect(starts).toEqual(['2027-02-28', '2028-02-29', '2029-02-28']);
    const century = nextBirthday(day, at('2099-06-01T00:00:00Z'));
    expect(iso(century)).toBe('2100-02-28T00:00:00.000Z');
  });

  it('is made up for until the third day after it is over', () => {
    const day = { birthday: '12-31', timeZone: 'Pacific/Kiritimati' };
    const startMs = at('2026-12-30T10:00:00Z');
    expect(isTooLate(day, startMs, startMs + 4 * DAY_MS - 1)).toBe(false);
    expect(isTooLate(day, startMs, startMs + 4 * DAY_MS)).toBe(true);
    expect(yearOf(day, startMs)).toBe(2026);
  });

  it('of the new year is of its year in every zone', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC']) {
      const day = { birthday: '01-01', timeZone };
      expect(yearOf(day, nextBirthday(day, at('2026-06-01T00:00:00Z')))).toBe(2027);
    }
  });

  it('that nobody looked at for years is due for a day that is not over', () => {
    const day = { birthday: '05-01', timeZone: null };
    const next = birthdayAfter(day, at('2027-05-01T00:00:00Z'), at('2030-06-01T00:00:00Z'));
    expect(iso(next)).toBe('2031-05-01T00:00:00.000Z');
  });

  it('comes once a year, for any day, zone and moment', () => {
    const days = fc
      .integer({ min: 0, max: 365 })
      .map((n) => DateTime.utc(2000, 1, 1).plus({ days: n }).toFormat('MM-dd'));
    const zones = fc.constantFrom(
      'Pacific/Kiritimati',
      'America/Los_Angeles',
      'Africa/Cairo',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      null,
    );
    const moments = fc.integer({
      min: at('2026-01-01T00:00:00Z'),
      max: at('2060-01-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(days, zones, moments, (birthday, timeZone, nowMs) => {
        const day = { birthday, timeZone };
        const first = nextBirthday(day, nowMs);
        const local = DateTime.fromMillis(first, { zone: timeZone ?? 'UTC' });
        const expected = birthday === '02-29' && !local.isInLeapYear ? '02-28' : birthday;
        expect(local.toFormat('MM-dd')).toBe(expected);
        expect(local.endOf('day').toMillis()).toBeGreaterThanOrEqual(nowMs);
        expect(nextBirthday(day, first)).toBe(first);
        const second = birthdayAfter(day, first, first);
        expect(yearOf(day, second)).toBe(yearOf(day, first) + 1);
      }),
    );
  });
});
