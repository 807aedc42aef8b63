/**
 * What a refund of some units takes back of the discount.
 *
 * A line's discount is spread over its units by largest remainder: all units weigh the same, so the
 * first (discount mod quantity) units carry one minor unit more. Units come back in their order, first
 * units first; so whatever the sequence of refunds, they add up to the line's discount exactly.
 */
import { InputError } from '../../kernel/input-error.js';
import { rejection } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import type { RedeemedLine } from '../redemption.types.js';

export interface RefundRequestLine {
  readonly lineId: string;
  readonly quantity: number;
}

export interface RefundedLine {
  readonly lineId: string;
  readonly quantity: number;
  readonly discountMinor: number;
}

export interface Refund {
  /** What this refund takes back; lines of which nothing comes back are left out. */
  readonly taken: readonly RefundedLine[];
  readonly discountMinor: number;
  /** All lines as they are afterwards. */
  readonly lines: readonly RedeemedLine[];
  /** Whether every unit of every line is refunded now, undiscounted lines included. */
  readonly isRest: boolean;
}

/**
 * The discount that `count` units carry together, from the unit after the first `from`.
 * Sum of allocate(discountMinor, [1, 1, …]) over these units, without making a list of them.
 */
export function shareOfUnits(
  line: Pick<RedeemedLine, 'discountMinor' | 'quantity'>,
  from: number,
  count: number,
): number {
  return shareOfFirst(line, from + count) - shareOfFirst(line, from);
}

function shareOfFirst(
  { discountMinor, quantity }: Pick<RedeemedLine, 'discountMinor' | 'quantity'>,
  count: number,
): number {
  const rest = discountMinor % quantity;
  return ((discountMinor - rest) / quantity) * count + Math.min(count, rest);
}

/**
 * @param request null: every unit that is left
 * @throws InputError naming `input.lines[i].lineId` of a line that the order does not have
 */
export function refundUnits(
  lines: readonly RedeemedLine[],
  request: readonly RefundRequestLine[] | null,
): Result<Refund> {
  const wanted = request === null ? everythingLeft(lines) : byLine(lines, request);
  const after: RedeemedLine[] = [];
  const taken: RefundedLine[] = [];
  for (const line of lines) {
    const quantity = wanted.get(line.lineId) ?? 0;
    if (line.refundedQuantity + quantity > line.quantity) return exceeds(line);
    const discountMinor = shareOfUnits(line, line.refundedQuantity, quantity);
    if (quantity > 0) taken.push({ lineId: line.lineId, quantity, discountMinor });
    after.push({
      ...line,
      refundedQuantity: line.refundedQuantity + quantity,
      refundedMinor: line.refundedMinor + discountMinor,
    });
  }
  return ok({
    taken,
    discountMinor: taken.reduce((sum, part) => sum + part.discountMinor, 0),
    lines: after,
    isRest: after.every((line) => line.refundedQuantity === line.quantity),
  });
}

/** What the customer gets back in money for the refunded units: their price less their discount. */
export function refundedPayableOf(line: RedeemedLine): number {
  return (line.subtotalMinor / line.quantity) * line.refundedQuantity - line.refundedMinor;
}

function everythingLeft(lines: readonly RedeemedLine[]): Map<string, number> {
  return new Map(lines.map((line) => [line.lineId, line.quantity - line.refundedQuantity]));
}

function byLine(
  lines: readonly RedeemedLine[],
  request: readonly RefundRequestLine[],
): Map<string, number> {
  const known = new Set(lines.map(({ lineId }) => lineId));
  request.forEach(({ lineId }, i) => {
    if (!known.has(lineId))
      throw new InputError(`input.lines[${i}].lineId`, 'is not a line of the order');
  });
  return new Map(request.map(({ lineId, quantity }) => [lineId, quantity]));
}

function exceeds(line: RedeemedLine): Result<Refund> {
  const units = line.quantity - line.refundedQuantity;
  return rejected(
    rejection('REFUND_EXCEEDS_ORDER', {
      detail: { fact: 'UNITS_LEFT', lineId: line.lineId, units },
    }),
  );
}
