/** What the inputs of all ways share that a customer comes by: checked, and the key hashed. */
import { IDEMPOTENCY_KEY_LENGTH_MAX, VERIFICATION_TOKEN_LENGTH_MAX } from '../config/limits.js';
import type { Caller } from '../kernel/caller.js';
import { digest } from '../kernel/digest.js';
import { readExternalId } from '../kernel/external-id.js';
import { requireInput } from '../kernel/input-error.js';
import { requireLength } from '../kernel/require-length.js';
import type { Visitor } from './issue-coupon.js';

export interface ClaimRequest {
  readonly idempotencyKey: string;
  readonly channel: string | null;
  readonly deviceId: string | null;
  readonly verificationToken?: string | null;
}

export interface ClaimInput {
  readonly claimKey: string;
  readonly channel: string | null;
  readonly visitor: Visitor;
}

/** @throws InputError naming the field */
export function readClaim({ level, address }: Caller, request: ClaimRequest): ClaimInput {
  const { idempotencyKey } = request;
  requireLength(idempotencyKey, 'input.idempotencyKey', IDEMPOTENCY_KEY_LENGTH_MAX);
  return {
    claimKey: digest(idempotencyKey),
    channel: readOptional(request.channel, 'input.channel'),
    visitor: {
      level,
      address,
      deviceId: readOptional(request.deviceId, 'input.deviceId'),
      verificationToken: readToken(request.verificationToken ?? null),
    },
  };
}

function readToken(token: string | null): string | null {
  const isToken = token === null || /^[\x21-\x7e]+$/.test(token);
  requireInput(
    isToken && (token ?? '').length <= VERIFICATION_TOKEN_LENGTH_MAX,
    'input.verificationToken',
    `must be 1 to ${VERIFICATION_TOKEN_LENGTH_MAX} printable ASCII characters without blanks`,
  );
  return token;
}

function readOptional(text: string | null, field: string): string | null {
  return text === null ? null : readExternalId(text, field);
}
