/**
 * A customer claims with a code. It is found, then issued over the path of every coupon, whose commit makes
 * sure that it is claimed once; see src/claim/ways.ts.
 *
 * Promise: an unknown, a stopped and a used code have one and the same answer. Whoever had success with a key
 * has it again, whatever became of the code.
 */
import type { Claimed } from '../claim/claim-directly.js';
import type { IssueCoupon } from '../claim/issue-coupon.js';
import { readClaim, type ClaimInput, type ClaimRequest } from '../claim/read-claim.js';
import type { LimitCodeTries } from '../guard/limit-code-tries.js';
import { requireUser, type Caller } from '../kernel/caller.js';
import { digest } from '../kernel/digest.js';
import { requireInput } from '../kernel/input-error.js';
import { rejection } from '../kernel/rejection.js';
import { rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { isClaimed } from './batch.store.js';
import type { FoundCode } from './batch.types.js';
import type { FindCode } from './find-code.js';

export interface ClaimByCodeParts {
  readonly database: Pick<Database, 'rows'>;
  readonly find: FindCode;
  readonly tries: LimitCodeTries;
  readonly issue: IssueCoupon;
  /** Told of what ended before it was issued. */
  readonly onOutcome: (outcome: string) => void;
}

type Asked = ClaimInput & { readonly code: string; readonly userId: string };

/** Longer texts are no code, however many blanks are in them. */
const TYPED_LENGTH_MAX = 100;

export class ClaimByCode {
  constructor(private readonly parts: ClaimByCodeParts) {}

  /** @throws InputError · NotAuthenticated */
  async run(
    caller: Caller,
    request: ClaimRequest & { readonly code: string },
  ): Promise<Result<Claimed>> {
    const userId = requireUser(caller);
    const { claimKey, channel, visitor } = readClaim(caller, request);
    const { code } = request;
    const isText = code.length >= 1 && code.length <= TYPED_LENGTH_MAX;
    requireInput(isText, 'input.code', `must have 1 to ${TYPED_LENGTH_MAX} characters`);
    const attempt = await this.parts.tries.begin({
      userId,
      address: caller.address,
      deviceId: visitor.deviceId,
      isPrinted: this.parts.find.isPrinted(code),
    });
    if (attempt.refusal !== undefined) return this.end(rejected(attempt.refusal));
    const result = await this.claim({ ...request, userId, claimKey, channel, visitor });
    const isFailed = !result.ok && result.rejection.code === 'CODE_INVALID';
    if (!isFailed) attempt.wasGood();
    return result;
  }

  private async claim(input: Asked): Promise<Result<Claimed>> {
    const { code, userId, claimKey, channel, visitor } = input;
    const found = await settled(async () => {
      const it = await this.parts.find.run(code);
      return it ? { ok: true, value: it } : rejected(rejection('CODE_INVALID'));
    });
    if (!found.ok) return this.end(found);
    const { batch, serial } = found.value;
    const told = [batch.batchNo, String(serial), channel ?? '', visitor.deviceId ?? ''];
    return this.parts.issue.run({
      templateId: batch.templateId,
      userId,
      via: { kind: 'CODE', originId: batch.id, serial },
      claimKey,
      claimFingerprint: digest('claimByCode', ...told),
      channel,
      visitor,
      refuse: () => this.refuse(found.value),
    });
  }

  private end(refused: ReturnType<typeof rejected>): typeof refused {
    this.parts.onOutcome(refused.rejection.code);
    return refused;
  }

  /** What everybody is told but who claimed it: the commit would say the same, after it took stock. */
  private async refuse({ batch, serial }: FoundCode) {
    const isOver =
      batch.status === 'STOPPED' ||
      (serial !== null && (await isClaimed(this.parts.database, batch.id, serial)));
    return isOver ? rejection('CODE_INVALID') : undefined;
  }
}
