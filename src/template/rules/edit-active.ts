/**
 * What may change once coupons can exist: names, priority and claimUntil, and a total that only grows.
 * Everything else is what people already hold; changing it would change their coupon.
 */
import { rejection, type FieldFact } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import type { TemplateRules } from '../template.types.js';

const MAY_CHANGE: ReadonlySet<keyof TemplateRules> = new Set([
  'names',
  'priority',
  'claimUntilMs',
  'totalCount',
]);

/** The edited rules, or ILLEGAL_TRANSITION naming the first field that may not change. */
export function editActive(before: TemplateRules, edited: TemplateRules): Result<TemplateRules> {
  const after = withDrawsOf(before, edited);
  const fields = Object.keys({ ...before, ...after }) as (keyof TemplateRules)[];
  const frozen = fields.find(
    (field) => !MAY_CHANGE.has(field) && differs(before[field], after[field]),
  );
  if (frozen !== undefined) return refuseField(frozen, 'FIELD_IS_FIXED');
  if (after.type === 'RED_PACKET' && before.totalCount !== after.totalCount)
    return refuseField('totalCount', 'FIELD_IS_FIXED_OF_RED_PACKETS');
  if (!grows(before.totalCount, after.totalCount))
    return refuseField('totalCount', 'FIELD_MAY_ONLY_GROW');
  return ok(after);
}

/** How its draws are made is not the operator's to say: it stays as the template began. */
function withDrawsOf({ redPacket: before }: TemplateRules, edited: TemplateRules): TemplateRules {
  if (before === null || edited.redPacket === null) return edited;
  const { areDrawsMixed: _, ...amounts } = edited.redPacket;
  const how = before.areDrawsMixed === undefined ? {} : { areDrawsMixed: before.areDrawsMixed };
  return { ...edited, redPacket: { ...amounts, ...how } };
}

function grows(before: number | null, after: number | null): boolean {
  if (after === null) return true;
  return before !== null && after >= before;
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/** Names the field as the caller wrote it: claimFromMs was sent as claimFrom, amountMinor as amount. */
function refuseField(name: string, fact: FieldFact) {
  const field = name.replace(/(Ms|Minor|Bps)$/, '');
  return rejected(rejection('ILLEGAL_TRANSITION', { detail: { fact, field } }));
}
