/**
 * Reads a cart as it was sent: every bound is checked here, once, and what is wrong is named by its
 * path. Behind this door amounts are safe integers and lines stand in the order of their lineId, so
 * the order in which they were sent can change nothing.
 */
import { isCurrency } from '../../kernel/currency.js';
import { readExternalId } from '../../kernel/external-id.js';
import { requireInput } from '../../kernel/input-error.js';
import { parseMinor } from '../../kernel/money.js';
import {
  MAX_CART_LINES,
  MAX_ID_LENGTH,
  MAX_LINE_CATEGORIES,
  MAX_LINE_QUANTITY,
  MAX_SUBTOTAL_MINOR,
} from './quote.limits.js';
import type { Cart, CartLine } from './quote.types.js';

export interface SentCart {
  readonly currency: string;
  readonly lines: readonly SentLine[];
}

export interface SentLine {
  readonly lineId: string;
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly unitPrice: { readonly amount: string; readonly currency: string };
  readonly quantity: number;
}

/**
 * @param field the path of the cart in the caller's input, the beginning of every path in an error
 * @throws InputError naming the field that is wrong
 */
export function readCart(sent: SentCart, field = 'input'): Cart {
  const { currency } = sent;
  requireInput(
    isCurrency(currency),
    `${field}.currency`,
    `"${currency}" is not an ISO 4217 currency`,
  );
  requireInput(sent.lines.length > 0, `${field}.lines`, 'is empty');
  requireInput(
    sent.lines.length <= MAX_CART_LINES,
    `${field}.lines`,
    `has more than ${MAX_CART_LINES} lines`,
  );
  const lines = sent.lines.map((line, i) => readLine(line, currency, `${field}.lines[${i}]`));
  requireDistinctIds(lines, field);
  requireSafeSubtotal(lines, field);
  return { currency, lines: lines.sort((a, b) => (a.lineId < b.lineId ? -1 : 1)) };
}

function readLine(line: SentLine, currency: string, field: string): CartLine {
  // A hold writes the line's id into a column that takes nothing else.
  readExternalId(line.lineId, `${field}.lineId`);
  requireId(line.productId, `${field}.productId`);
  requireInput(
    line.categoryIds.length <= MAX_LINE_CATEGORIES,
    `${field}.categoryIds`,
    `has more than ${MAX_LINE_CATEGORIES} categories`,
  );
  line.categoryIds.forEach((id, i) => requireId(id, `${field}.categoryIds[${i}]`));
  requireInput(
    line.unitPrice.currency === currency,
    `${field}.unitPrice.currency`,
    `is not ${currency}, the currency of the cart`,
  );
  requireInput(
    Number.isInteger(line.quantity) && line.quantity >= 1 && line.quantity <= MAX_LINE_QUANTITY,
    `${field}.quantity`,
    `is not a whole number from 1 to ${MAX_LINE_QUANTITY}`,
  );
  return {
    lineId: line.lineId,
    productId: line.productId,
    categoryIds: line.categoryIds,
    unitPriceMinor: parseMinor(line.unitPrice.amount, currency, `${field}.unitPrice.amount`),
    quantity: line.quantity,
  };
}

function requireId(id: string, field: string): void {
  requireInput(
    id.length >= 1 && id.length <= MAX_ID_LENGTH,
    field,
    `is not an id of 1 to ${MAX_ID_LENGTH} characters`,
  );
}

function requireDistinctIds(lines: readonly CartLine[], field: string): void {
  const seen = new Set<string>();
  lines.forEach(({ lineId }, i) => {
    requireInput(!seen.has(lineId), `${field}.lines[${i}].lineId`, 'stands twice in the cart');
    seen.add(lineId);
  });
}

/** A product beyond the bound is rounded, but never down below it, so the comparison is exact. */
function requireSafeSubtotal(lines: readonly CartLine[], field: string): void {
  let sumMinor = 0;
  lines.forEach((line, i) => {
    const subtotalMinor = line.unitPriceMinor * line.quantity;
    requireInput(
      subtotalMinor <= MAX_SUBTOTAL_MINOR,
      `${field}.lines[${i}].quantity`,
      'makes the line cost more than the service can carry',
    );
    sumMinor += subtotalMinor;
    requireInput(
      sumMinor <= MAX_SUBTOTAL_MINOR,
      `${field}.lines`,
      'cost more together than the service can carry',
    );
  });
}
