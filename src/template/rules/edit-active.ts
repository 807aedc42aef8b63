/**
 * What may change once coupons can exist: names, priority and claimUntil, and a total that only grows.
 * Everything else is what people already hold; changing it would change their coupon.
 */
import { rejection } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import type { TemplateRules } from '../template.types.js';

const MAY_CHANGE: ReadonlySet<keyof TemplateRules> = new Set([
  'names',
  'priority',
  'claimUntilMs',
  'totalCount',
]);

/** The edited rules, or ILLEGAL_TRANSITION naming the first field that may not change. */
export function editActive(before: TemplateRules, after: TemplateRules): Result<TemplateRules> {
  const fields = Object.keys({ ...before, ...after }) as (keyof TemplateRules)[];
  const frozen = fields.find(
    (field) => !MAY_CHANGE.has(field) && differs(before[field], after[field]),
  );
  if (frozen !== undefined)
    return refuseField(frozen, 'may not change once the template is active');
  if (after.type === 'RED_PACKET' && before.totalCount !== after.totalCount)
    return refuseField('totalCount', 'of red packets is fixed once the template is active');
  if (!grows(before.totalCount, after.totalCount))
    return refuseField('totalCount', 'may only grow once the template is active');
  return ok(after);
}

function grows(before: number | null, after: number | null): boolean {
  if (after === null) return true;
  return before !== null && after >= before;
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/** Names the field as the caller wrote it: claimFromMs was sent as claimFrom, amountMinor as amount. */
function refuseField(field: string, problem: string) {
  const written = field.replace(/(Ms|Minor|Bps)$/, '');
  return rejected(rejection('ILLEGAL_TRANSITION', { detail: `${written} ${problem}` }));
}
