/**
 * Who may act on a redemption: the order service, and the owner of the quote it was made from.
 * For anybody else it does not exist.
 */
import { hasScope, requireUser, type Caller } from '../../kernel/caller.js';

/** Who acts, as the audit names them. @throws NotAuthenticated */
export const requireActor = requireUser;

export function mayRedeem(caller: Caller, ownerId: string): boolean {
  return hasScope(caller, 'coupons:redeem') || caller.userId === ownerId;
}
