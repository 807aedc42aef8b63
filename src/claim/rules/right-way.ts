/** Whether a template gives its coupons out by this way. */
import { rejection, type Rejection } from '../../kernel/rejection.js';
import type { ClaimMethod } from '../../template/template.types.js';
import type { Way } from '../claim.types.js';

/** undefined: it does. Operators grant coupons of any template, and `grantOn` has its own condition. */
export function wrongWayBecause(method: ClaimMethod, way: Way): Rejection | undefined {
  const isGiven = way === 'GRANT' || way === 'TRIGGER';
  return isGiven || way === method ? undefined : rejection('NOT_TARGETED');
}
