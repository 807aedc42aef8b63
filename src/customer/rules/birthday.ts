/**
 * When a birthday is: a day of the calendar where the customer is, not an instant.
 *
 * Who was born on 29 February celebrates on the 28th in years without one, so everybody has one birthday
 * a year. Where no time zone is known it is UTC. After an outage a birthday is made up for on the three days
 * after it, under its own year; later it is over.
 */
import { DateTime } from 'luxon';
import { BIRTHDAY_CATCH_UP_DAYS } from '../../config/limits.js';

export interface Birthday {
  /** `MM-DD` */
  readonly birthday: string;
  readonly timeZone: string | null;
}

const zoneOf = ({ timeZone }: Birthday): string => timeZone ?? 'UTC';

/** The day of that year on which it is celebrated, at its first moment. */
function dayIn(year: number, day: Birthday): DateTime {
  const [month, date] = day.birthday.split('-').map(Number) as [number, number];
  const first = DateTime.fromObject({ year, month }, { zone: zoneOf(day) });
  return first.set({ day: Math.min(date, first.daysInMonth!) }).startOf('day');
}

/** When the birthday begins that is today or comes next, in epoch milliseconds. */
export function nextBirthday(day: Birthday, nowMs: number): number {
  const { year } = DateTime.fromMillis(nowMs, { zone: zoneOf(day) });
  const thisYear = dayIn(year, day);
  const isOver = thisYear.plus({ days: 1 }).toMillis() <= nowMs;
  return (isOver ? dayIn(year + 1, day) : thisYear).toMillis();
}

/** The first birthday after the one that began at `dueAtMs` for which it is not too late. */
export function birthdayAfter(day: Birthday, dueAtMs: number, nowMs: number): number {
  for (let year = yearOf(day, dueAtMs) + 1; ; year += 1) {
    const startsAtMs = dayIn(year, day).toMillis();
    if (!isTooLate(day, startsAtMs, nowMs)) return startsAtMs;
  }
}

/** Whether the birthday and the days to make up for it are over. */
export function isTooLate(day: Birthday, dueAtMs: number, nowMs: number): boolean {
  const began = DateTime.fromMillis(dueAtMs, { zone: zoneOf(day) });
  return began.plus({ days: 1 + BIRTHDAY_CATCH_UP_DAYS }).toMillis() <= nowMs;
}

/** Of its noon: a zone whose rules changed since the day was worked out has moved it by an hour or two. */
export function yearOf(day: Birthday, dueAtMs: number): number {
  return DateTime.fromMillis(dueAtMs, { zone: zoneOf(day) }).plus({ hours: 12 }).year;
}
