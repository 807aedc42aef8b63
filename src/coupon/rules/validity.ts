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
  const dayOfClaim = DateTime.fromMillis(claimedAtMs, { zone: validity.timeZone }).startOf('day');
  const end = dayOfClaim.plus({ days: validity.days + 1 }).startOf('day');
  const [first] = end.getPossibleOffsets();
  return { validFromMs: claimedAtMs, expiresAtMs: first!.toMillis() };
}
