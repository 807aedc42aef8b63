/** What every way to start a grant says of it beside the list. */
import { IDEMPOTENCY_KEY_LENGTH_MAX, REASON_LENGTH_MAX } from '../../config/limits.js';
import { requireInput } from '../../kernel/input-error.js';

export interface GrantRequest {
  readonly templateId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** @throws InputError naming the field */
export function readGrantRequest({ reason, idempotencyKey }: GrantRequest): void {
  requireLength(reason, 'reason', REASON_LENGTH_MAX);
  requireLength(idempotencyKey, 'idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
}

function requireLength(text: string, field: string, max: number): void {
  const isFit = text.length >= 1 && text.length <= max;
  requireInput(isFit, `input.${field}`, `must have 1 to ${max} characters`);
}
