/** What an operator asks to be simulated, checked: a template, and either orders or a time of stored ones. */
import { SIMULATED_ORDERS_MAX } from '../../config/limits.js';
import { requireInput } from '../../kernel/input-error.js';
import { readCart, type SentCart } from '../../quote/rules/read-cart.js';
import type { RulesInput } from '../../template/rules/rules-input.js';
import type { Template } from '../../template/template.types.js';
import type { PastOrder } from '../simulation.types.js';

export interface SentOrder extends SentCart {
  /** Templates of which the customer held one coupon each. */
  readonly heldTemplateIds: readonly string[];
}

export interface SimulationRequest {
  /** Either a stored template, in its present version, or one that is not written yet. */
  readonly templateId: string | null;
  readonly template: RulesInput | null;
  /** Either these, or the time in which stored orders were made. */
  readonly orders: readonly SentOrder[] | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/** Coupons beside one order: a wallet that is worth a search, and short enough for a thousand of them. */
const HELD_MAX = 20;

/** @throws InputError naming the field */
export function checkRequest(request: SimulationRequest): void {
  const { templateId, template, orders, fromMs, untilMs } = request;
  requireInput(
    (templateId === null) !== (template === null),
    'input.templateId',
    'is given, or template is',
  );
  const isStored = fromMs !== null && untilMs !== null;
  requireInput(
    (orders === null) === isStored && (fromMs === null) === (untilMs === null),
    'input.orders',
    'is given, or from and until are',
  );
  requireInput(!isStored || fromMs <= untilMs, 'input.until', 'is before from');
  requireInput(
    (orders?.length ?? 0) <= SIMULATED_ORDERS_MAX,
    'input.orders',
    `has more than ${SIMULATED_ORDERS_MAX} orders`,
  );
  orders?.forEach(({ heldTemplateIds }, i) =>
    requireInput(
      heldTemplateIds.length <= HELD_MAX,
      `input.orders[${i}].heldTemplateIds`,
      `has more than ${HELD_MAX} templates`,
    ),
  );
}

/** @throws InputError naming what is under `field` */
export function readOrder(
  sent: SentOrder,
  known: ReadonlyMap<string, Template>,
  field: string,
): PastOrder {
  const held = sent.heldTemplateIds.map((templateId, i) => {
    const template = known.get(templateId);
    requireInput(template !== undefined, `${field}.heldTemplateIds[${i}]`, 'is not a template');
    const { rules } = template;
    const { redPacket, totalCount } = rules;
    const mean = redPacket && Math.floor(redPacket.budgetMinor / Math.max(1, totalCount ?? 1));
    return { couponId: `${templateId}-${i}`, templateId, rules, faceValueMinor: mean };
  });
  return { cart: readCart(sent, field), held };
}
