/** Reads a refund as it was sent; what is wrong is named by its path. */
import {
  IDEMPOTENCY_KEY_LENGTH_MAX,
  REASON_LENGTH_MAX,
  REFUND_LINES_MAX,
} from '../../config/limits.js';
import { digest } from '../../kernel/digest.js';
import { requireInput } from '../../kernel/input-error.js';
import { requireLength, requireNoLonger } from '../../kernel/require-length.js';
import type { RefundRequestLine } from './refund-shares.js';

export interface RefundRequest {
  readonly orderId: string;
  /** null: everything that is left. */
  readonly lines: readonly RefundRequestLine[] | null;
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

/** @throws InputError naming the field that is wrong */
export function checkRefund({ lines, reason, idempotencyKey }: RefundRequest): void {
  checkReason(reason);
  requireLength(idempotencyKey, 'input.idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
  if (lines !== null) checkLines(lines);
}

/** @throws InputError */
export function checkReason(reason: string | null): void {
  requireNoLonger(reason ?? '', 'input.reason', REASON_LENGTH_MAX);
}

function checkLines(lines: readonly RefundRequestLine[]): void {
  requireInput(lines.length > 0, 'input.lines', 'must name a line; leave it out for everything');
  requireInput(
    lines.length <= REFUND_LINES_MAX,
    'input.lines',
    `must be at most ${REFUND_LINES_MAX} lines`,
  );
  const seen = new Set<string>();
  lines.forEach(({ lineId, quantity }, i) => {
    const field = `input.lines[${i}]`;
    requireInput(!seen.has(lineId), `${field}.lineId`, 'is in the request twice');
    requireInput(
      Number.isInteger(quantity) && quantity >= 1,
      `${field}.quantity`,
      'must be a whole number from 1',
    );
    seen.add(lineId);
  });
}

/** Keys are the caller's own: two callers' equal keys do not meet. */
export function refundKeyOf(actor: string, idempotencyKey: string): string {
  return digest('refund', actor, idempotencyKey);
}

/** Equal for equal input, whatever the order of its lines. */
export function refundFingerprintOf({ lines, reason }: RefundRequest): string {
  const parts = lines?.map(({ lineId, quantity }) => `${lineId} ${quantity}`).sort();
  return digest(reason === null ? 'no reason' : `reason ${reason}`, ...(parts ?? ['everything']));
}
