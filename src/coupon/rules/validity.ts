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
 */
export function validTimeOf(validity: Validity, claimedAtMs: number): ValidTime {
  if (validity.days === null)
    return { validFromMs: validity.fromMs!, expiresAtMs: validity.untilMs! };
  const lastDay = DateTime.fromMillis(claimedAtMs, { zone: validity.timeZone }).plus({
    days: validity.days,
  });
  return {
    validFromMs: claimedAtMs,
    expiresAtMs: lastDay.plus({ days: 1 }).startOf('day').toMillis(),
  };
}
