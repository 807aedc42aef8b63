/** Reads what a service says of a customer, or names the field that is wrong. */
import { DateTime, IANAZone } from 'luxon';
import {
  EVENT_AHEAD_MAX_MS,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  TIME_ZONE_LENGTH_MAX,
} from '../../config/limits.js';
import { digest } from '../../kernel/digest.js';
import { readExternalId } from '../../kernel/external-id.js';
import { requireInput } from '../../kernel/input-error.js';
import { requireLength } from '../../kernel/require-length.js';
import type { CustomerEvent, CustomerEventType, Profile } from '../customer.types.js';

export interface EventInput {
  readonly eventId: string;
  readonly type: CustomerEventType;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly birthday?: string | null;
  readonly level?: string | null;
  readonly timeZone?: string | null;
}

const BIRTHDAY = /^(?:(\d{4})-)?(\d\d)-(\d\d)$/;
/** Has a 29 February: a day without a year may be one. */
const ANY_LEAP_YEAR = 2000;

/** @throws InputError naming the field */
export function readEvent(input: EventInput, nowMs: number): CustomerEvent {
  const { eventId, type, occurredAt: occurredAtMs } = input;
  requireLength(eventId, 'input.eventId', IDEMPOTENCY_KEY_LENGTH_MAX);
  const userId = readExternalId(input.userId, 'input.userId');
  // One from the future would stand above everything that is told until then.
  const hasHappened = occurredAtMs <= nowMs + EVENT_AHEAD_MAX_MS;
  requireInput(hasHappened, 'input.occurredAt', 'must not be in the future');
  const profile = readProfile(input);
  const { birthday, level, timeZone } = profile;
  const told = [birthday ?? '', level ?? '', timeZone ?? ''];
  const saysProfile = type === 'PROFILE_CHANGED' || told.some((word) => word !== '');
  return {
    type,
    userId,
    occurredAtMs,
    profile: saysProfile ? profile : undefined,
    eventKey: digest('customer event', eventId),
    fingerprint: digest('event', eventId, type, userId, String(occurredAtMs), ...told),
  };
}

function readProfile({ birthday, level, timeZone }: EventInput): Profile {
  const zone = timeZone ?? null;
  const isZone =
    zone === null || (zone.length <= TIME_ZONE_LENGTH_MAX && IANAZone.isValidZone(zone));
  requireInput(isZone, 'input.timeZone', 'is not a time zone such as Asia/Shanghai');
  return {
    birthday: readBirthday(birthday ?? null),
    level: level === null || level === undefined ? null : readExternalId(level, 'input.level'),
    timeZone: zone,
  };
}

/** `MM-DD`; a year is looked at, since it decides whether there is such a day, and forgotten. */
function readBirthday(text: string | null): string | null {
  if (text === null) return null;
  const [, year, month, day] = BIRTHDAY.exec(text) ?? [];
  const inYear = year === undefined ? ANY_LEAP_YEAR : Number(year);
  const isDay = month !== undefined && DateTime.utc(inYear, Number(month), Number(day)).isValid;
  requireInput(isDay, 'input.birthday', 'must be YYYY-MM-DD or MM-DD');
  return `${month}-${day}`;
}
