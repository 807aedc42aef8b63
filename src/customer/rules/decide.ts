/** What an answer of issuing says of a template that MySQL has as open. */
import { judgeMember } from '../../grant/rules/judge-member.js';
import type { FailureCode } from '../../kernel/rejection.js';
import type { Result } from '../../kernel/result.js';
import type { Decision } from '../customer.types.js';

/** Said by a memory that is up to a second old: an open template was not open before, and never is again after it ends. */
const NOT_SEEN_YET: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'TEMPLATE_NOT_FOUND',
  'TEMPLATE_NOT_ACTIVE',
  'CLAIM_NOT_OPEN',
]);

export function decide(answer: Result<{ readonly coupon: { readonly id: string } }>): Decision {
  if (answer.ok) return { state: 'GRANTED', couponId: answer.value.coupon.id };
  const { code } = answer.rejection;
  if (NOT_SEEN_YET.has(code)) return { state: 'PENDING', code: 'UNAVAILABLE' };
  return { state: judgeMember(answer).state === 'PENDING' ? 'PENDING' : 'REFUSED', code };
}
