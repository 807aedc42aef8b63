/** From a request to a draft: what was sent is checked, and everything about the coupon-to-be is decided. */
import { IDEMPOTENCY_KEY_LENGTH_MAX, VERIFICATION_TOKEN_LENGTH_MAX } from '../config/limits.js';
import { makeCode } from '../coupon/rules/coupon-code.js';
import { validTimeOf } from '../coupon/rules/validity.js';
import type { ClaimAttempt } from '../guard/guard.types.js';
import type { Caller } from '../kernel/caller.js';
import { digest } from '../kernel/digest.js';
import { readExternalId } from '../kernel/external-id.js';
import { newId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import type { Template } from '../template/template.types.js';
import type { ClaimDraft } from './claim.types.js';

export interface ClaimRequest {
  readonly templateId: string;
  readonly idempotencyKey: string;
  readonly channel: string | null;
  readonly deviceId: string | null;
  readonly verificationToken?: string | null;
}

/** A request that was checked. The fingerprint tells whether a key comes again with the same input. */
export interface ClaimInput {
  readonly templateId: string;
  readonly channel: string | null;
  readonly deviceId: string | null;
  readonly verificationToken: string | null;
  readonly claimKey: string;
  readonly claimFingerprint: string;
}

/** @throws InputError naming the field */
export function readClaim(request: ClaimRequest): ClaimInput {
  const { templateId, idempotencyKey } = request;
  const isKey = idempotencyKey.length >= 1 && idempotencyKey.length <= IDEMPOTENCY_KEY_LENGTH_MAX;
  requireInput(
    isKey,
    'input.idempotencyKey',
    `must have 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters`,
  );
  const channel = readOptional(request.channel, 'input.channel');
  const deviceId = readOptional(request.deviceId, 'input.deviceId');
  return {
    templateId,
    channel,
    deviceId,
    verificationToken: readToken(request.verificationToken ?? null),
    claimKey: digest(idempotencyKey),
    claimFingerprint: digest('claimCoupon', templateId, channel ?? '', deviceId ?? ''),
  };
}

/** @param random 14 random bytes for the code */
export function makeDraft(
  template: Template,
  userId: string,
  { channel, claimKey, claimFingerprint }: ClaimInput,
  nowMs: number,
  random: Uint8Array,
): ClaimDraft {
  return {
    couponId: newId(nowMs),
    templateId: template.id,
    templateVersion: template.version,
    userId,
    claimKey,
    claimFingerprint,
    channel,
    code: makeCode(random),
    claimedAtMs: nowMs,
    ...validTimeOf(template.rules.validity, nowMs),
  };
}

/** What the guard is told of a claim; it is not kept with the coupon. */
export function attemptOf(
  template: Template,
  { level, address }: Caller,
  { userId, claimKey, claimedAtMs }: ClaimDraft,
  { deviceId, verificationToken }: ClaimInput,
): ClaimAttempt {
  return {
    template,
    userId,
    level,
    address,
    deviceId,
    verificationToken,
    claimKey,
    nowMs: claimedAtMs,
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
