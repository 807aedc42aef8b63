/**
 * Who sees a template: operators every one, signed-in callers what has been published, and a caller
 * without a token only what may be claimed right now. A campaign in preparation is nobody's business.
 */
import { hasScope, type Caller } from '../../kernel/caller.js';
import type { Template } from '../template.types.js';
import { closedBecause } from './claim-window.js';

export function maySeeTemplate(template: Template, caller: Caller, nowMs: number): boolean {
  if (hasScope(caller, 'coupons:admin') || hasScope(caller, 'coupons:approve')) return true;
  if (caller.userId === null) {
    return template.rules.claimMethod === 'OPEN' && closedBecause(template, nowMs) === undefined;
  }
  return (
    template.status === 'ACTIVE' || template.status === 'STOPPED' || template.status === 'EXPIRED'
  );
}
