/** What every way to start a grant says of it beside the list. */
import { IDEMPOTENCY_KEY_LENGTH_MAX, REASON_LENGTH_MAX } from '../../config/limits.js';
import { requireLength } from '../../kernel/require-length.js';

export interface GrantRequest {
  readonly templateId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** @throws InputError naming the field */
export function readGrantRequest({ reason, idempotencyKey }: GrantRequest): void {
  requireLength(reason, 'input.reason', REASON_LENGTH_MAX);
  requireLength(idempotencyKey, 'input.idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
}
