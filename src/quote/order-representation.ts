/**
 * An order as the gateway sends it with its @requires fields: raw JSON, which no scalar has parsed. The
 * graph's own types are not trusted here, because anybody who reaches `_entities` can write them.
 */
import { z } from 'zod';
import { InputError } from '../kernel/input-error.js';

const Order = z.object({
  id: z.string(),
  currency: z.string(),
  customerId: z.string(),
  lines: z.array(
    z.object({
      id: z.string(),
      productId: z.string(),
      categoryIds: z.array(z.string()),
      unitPrice: z.object({ amount: z.string(), currency: z.string() }),
      quantity: z.int(),
    }),
  ),
});

export type OrderRepresentation = z.infer<typeof Order>;

/** @throws InputError naming the field */
export function readOrder(representation: unknown): OrderRepresentation {
  const order = Order.safeParse(representation);
  if (order.success) return order.data;
  const [issue] = order.error.issues;
  const path = (issue?.path ?? []).map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  );
  throw new InputError(`order${path.join('')}`, issue?.message ?? 'is not an order');
}
