/**
 * What to do about an empty part of a split template, from what all its parts look like; and when the
 * template is sold out.
 *
 * Promise: SOLD_OUT is true at a moment. The parts are looked at one after the other, so that all were
 * empty once each proves nothing: a unit may have come into one that was looked at early. All are looked
 * at twice. A part that was empty both times, with the same number of reservations and of movements, was
 * empty all the time between: a unit that came by giving back is still there or was reserved, one that was
 * borrowed or lent counts as a movement. A unit on its way between two parts is written down as lent where
 * it came from, until after it has arrived. So between the two looks there was none anywhere.
 */
import type { GateView } from '../claim.types.js';

export type RefillPlan =
  /** Units came back: the claim tries again. */
  | { readonly kind: 'TRY_AGAIN' }
  | { readonly kind: 'BORROW'; readonly from: number; readonly epoch: number }
  /** Units are on their way, or the parts are just being opened. */
  | { readonly kind: 'WAIT' }
  /** A part is lost, or units on their way are. */
  | { readonly kind: 'REBUILD' }
  /** All are empty: look again. */
  | { readonly kind: 'ALL_EMPTY' };

/** undefined: there is no gate. */
export type PartView = GateView | undefined;

/**
 * @param own the place of the empty part among `views`
 * @param knownEpoch what MySQL had within the last second
 */
export function planRefill(
  views: readonly PartView[],
  own: number,
  knownEpoch: number,
): RefillPlan {
  const parts = views.filter((view) => view !== undefined);
  const isWhole = parts.length === views.length;
  const isBelieved = parts.every(({ isOfThisLife, epoch }) => isOfThisLife && epoch >= knownEpoch);
  if (!isWhole || !isBelieved) return { kind: 'REBUILD' };
  const { epoch, stock } = parts[own]!;
  if (parts.some((part) => part.epoch !== epoch)) return { kind: 'WAIT' };
  if (stock === null || stock > 0) return { kind: 'TRY_AGAIN' };
  const stocks = parts.map((part) => part.stock ?? 0);
  const most = Math.max(...stocks);
  if (most > 0) return { kind: 'BORROW', from: stocks.indexOf(most), epoch };
  if (parts.some(({ isLoanLost }) => isLoanLost)) return { kind: 'REBUILD' };
  return { kind: parts.some(({ lent }) => lent > 0) ? 'WAIT' : 'ALL_EMPTY' };
}

/**
 * Whether a template was without a unit all the time between two looks.
 * @param before what was ALL_EMPTY
 */
export function isSoldOut(before: readonly PartView[], after: readonly PartView[]): boolean {
  return before.every((part, i) => {
    const then = after[i];
    return (
      part !== undefined &&
      then !== undefined &&
      then.isOfThisLife &&
      then.epoch === part.epoch &&
      then.stock === 0 &&
      then.seq === part.seq &&
      then.moves === part.moves
    );
  });
}
