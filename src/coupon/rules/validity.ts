/** From when and until when a coupon may be used, fixed at the moment it is claimed. */
import { DateTime } from 'luxon';
import type { Validity } from '../../template/template.types.js';

export interface ValidTime {
  readonly validFromMs: number;
  /** Exclusive. */
  readonly expiresAtMs: number;
}

/**
 * A fixed window is taken as it is. Days count whole days in the template's time zone: claimed at any
 * time of a day with 7 days, a coupon is valid until the end of the seventh day after it, also across
 * a change of the clocks.
 *
 * Days are counted from midnight, because the hour of the claim may not exist on the last day; and where
 * the clocks go back over midnight, so that it comes twice, the day ends at the first.
 */
export function validTimeOf(validity: Validity, claimedAtMs: number): ValidTime {
  if (validity.days === null)
    return { validFromMs: validity.fromMs!, expiresAtMs: validity.untilMs! };
  const key = `${validity.timeZone} ${validity.days}`;
  const known = daysOfClaim.get(key);
  const isSameDay =
    known !== undefined && claimedAtMs >= known.fromMs && claimedAtMs < known.untilMs;
  const day = isSameDay ? known : dayOfClaim(validity.timeZone, validity.days, claimedAtMs);
  if (daysOfClaim.size >= DAYS_KNOWN_MAX) daysOfClaim.clear();
  if (!isSameDay) daysOfClaim.set(key, day);
  return { validFromMs: claimedAtMs, expiresAtMs: day.expiresAtMs };
}

/** All claims of one local day end together; zones are slow to work out, and a sale asks for one day. */
interface DayOfClaim {
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  readonly expiresAtMs: number;
}

const daysOfClaim = new Map<string, DayOfClaim>();
/** Pairs of zone and days; beyond it the memory starts anew. */
const DAYS_KNOWN_MAX = 1_000;

function dayOfClaim(timeZone: string, days: number, claimedAtMs: number): DayOfClaim {
  const start = DateTime.fromMillis(claimedAtMs, { zone: timeZone }).startOf('day');
  return {
    fromMs: claimedAtMs,
    untilMs: firstMidnight(start, 1),
    expiresAtMs: firstMidnight(start, days + 1),
  };
}

/** Where the clocks go back over midnight there are two; the day ends at the first. */
function firstMidnight(day: DateTime, daysLater: number): number {
  const [first] = day.plus({ days: daysLater }).startOf('day').getPossibleOffsets();
  return first!.toMillis();
}
