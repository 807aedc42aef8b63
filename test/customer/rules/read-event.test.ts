/** What is wrong with an event is said with the name of the field. */
import { describe, expect, it } from 'vitest';
import { readEvent, type EventInput } from '../../../src/customer/rules/read-event.js';

const NOW_MS = Date.parse('2026-11-22T08:00:00Z');
const input = (more: Partial<EventInput> = {}): EventInput => ({
  eventId: 'event-1',
  type: 'PROFILE_CHANGED',
  userId: 'anna',
  occurredAt: NOW_MS,
  ...more,
});
const read = (more: Partial<EventInput> = {}) => readEvent(input(more), NOW_MS);

describe('reading an event', () => {
  it.each([
    ['1990-05-01', '05-01'],
    ['05-01', '05-01'],
    ['02-29', '02-29'],
    ['2000-02-29', '02-29'],
  ])('keeps month and day of %s', (birthday, expected) => {
    expect(read({ birthday }).profile?.birthday).toBe(expected);
  });

  it.each(['', '1990-02-29', '02-30', '13-01', '00-10', '5-1', '90-05-01', '1990-05-01T00:00Z'])(
    'refuses %j as a birthday',
    (birthday) => {
      expect(() => read({ birthday })).toThrow('input.birthday: must be YYYY-MM-DD or MM-DD');
    },
  );

  it.each([
    ['input.eventId', { eventId: '' }],
    ['input.eventId', { eventId: 'e'.repeat(256) }],
    ['input.userId', { userId: 'with blank' }],
    ['input.level', { level: '' }],
    ['input.timeZone', { timeZone: 'Mars/Olympus' }],
    ['input.timeZone', { timeZone: '' }],
    ['input.occurredAt', { occurredAt: NOW_MS + 300_001 }],
  ] as const)('names %s', (field, more) => {
    expect(() => read(more)).toThrow(field);
  });

  it('lets the clock of another service be a little ahead', () => {
    expect(read({ occurredAt: NOW_MS + 300_000 }).occurredAtMs).toBe(NOW_MS + 300_000);
  });

  it('takes a registration as a profile only where it says something of it', () => {
    expect(read({ type: 'REGISTERED' }).profile).toBeUndefined();
    expect(read({ type: 'REGISTERED', level: 'gold' }).profile).toEqual({
      birthday: null,
      level: 'gold',
      timeZone: null,
    });
    expect(read().profile).toEqual({ birthday: null, level: null, timeZone: null });
  });

  it('tells any other input apart, and not the year of a birthday', () => {
    const known = read({ birthday: '05-01' });
    const others = [
      { type: 'REGISTERED', birthday: '05-01' } as const,
      { birthday: '05-02' },
      { birthday: '05-01', level: 'gold' },
      { birthday: '05-01', timeZone: 'UTC' },
      { birthday: '05-01', userId: 'ben' },
      { birthday: '05-01', occurredAt: NOW_MS - 1 },
    ];
    for (const more of others) expect(read(more).fingerprint).not.toBe(known.fingerprint);
    expect(read({ birthday: '1990-05-01' }).fingerprint).toBe(known.fingerprint);
  });
});
