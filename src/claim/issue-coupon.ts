/**
 * Issues a coupon by any way: a claim, a code, a share, a grant. All ways share one door and one path, and so
 * its promises; what a way demands beside is in ways.ts.
 */
import type { Guard } from '../guard/guard.js';
import type { ClaimAttempt } from '../guard/guard.types.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { drawBytes } from '../kernel/random-bytes.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import { rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { closedBecause } from '../template/rules/claim-window.js';
import type { Experiments } from '../template/experiments.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { Template } from '../template/template.types.js';
import type { Claimed } from './claim-directly.js';
import type { ClaimPath } from './claim-path.js';
import type { Via } from './claim.types.js';
import { makeDraft } from './make-draft.js';
import { wrongWayBecause } from './rules/right-way.js';

/** Of a coupon's code. */
const CODE_BYTES = 14;

/** What the guard is told of who stands at the door. */
export type Visitor = Pick<ClaimAttempt, 'level' | 'address' | 'deviceId' | 'verificationToken'>;

export interface IssueRequest {
  readonly templateId: string;
  readonly userId: string;
  readonly via: Via;
  /** The hash of a key that is unique per user over all ways: the same key has one coupon. */
  readonly claimKey: string;
  /** The hash of the input: the same key with another one is an IDEMPOTENCY_CONFLICT. */
  readonly claimFingerprint: string;
  readonly channel: string | null;
  /** null: nobody is at the door (grants), so level, audience, rates and risk are not looked at. */
  readonly visitor: Visitor | null;
  /** Whether the way itself is closed now, and why; told unless this key had success before. */
  readonly refuse?: () => Promise<Rejection | undefined>;
}

export interface IssueParts {
  readonly catalog: TemplateCatalog;
  readonly guard: Guard;
  readonly experiments: Experiments;
  readonly path: ClaimPath;
  readonly clock: Clock;
  /** Told of every outcome: CLAIMED, REPLAYED or the code of the refusal. */
  readonly onOutcome: (outcome: string) => void;
}

export class IssueCoupon {
  constructor(private readonly parts: IssueParts) {}

  async run(request: IssueRequest): Promise<Result<Claimed>> {
    const result = await settled(async () => {
      const template = isId(request.templateId)
        ? await this.parts.catalog.byId(request.templateId)
        : undefined;
      if (template === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
      return this.issue(template, request);
    });
    const answer = sameInput(result, request.claimFingerprint);
    this.parts.onOutcome(outcomeOf(answer));
    return answer;
  }

  private async issue(template: Template, request: IssueRequest): Promise<Result<Claimed>> {
    const { path, guard, clock } = this.parts;
    const { visitor, userId, claimKey } = request;
    const nowMs = clock.nowMs();
    const closed =
      (await request.refuse?.()) ??
      closedBecause(template, nowMs) ??
      wrongWayBecause(template.rules.claimMethod, request.via.kind) ??
      (visitor && (await this.parts.experiments.notOwnArmBecause(template, userId))) ??
      undefined;
    const soldOut = closed ? undefined : await path.soldOutBecause(template, request);
    if (soldOut !== undefined) return rejected(soldOut);
    const attempt = visitor && { ...visitor, template, userId, claimKey, nowMs };
    const refusal = closed ?? (attempt ? await guard.admit(attempt) : undefined);
    if (refusal !== undefined) return path.refuse(template, request, refusal);
    return path.run(template, makeDraft(template, request, nowMs, drawBytes(CODE_BYTES)));
  }
}

function outcomeOf(answer: Result<Claimed>): string {
  if (!answer.ok) return answer.rejection.code;
  return answer.value.replayed ? 'REPLAYED' : 'CLAIMED';
}

/** A key that had success with another input is a conflict, whichever way the coupon was found. */
function sameInput(result: Result<Claimed>, fingerprint: string): Result<Claimed> {
  const isOther = result.ok && result.value.coupon.claimFingerprint !== fingerprint;
  return isOther ? rejected(rejection('IDEMPOTENCY_CONFLICT')) : result;
}
