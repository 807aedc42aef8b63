/**
 * What the counted limits mean for a claim. Where the template has verification on, a full limit asks for
 * it before it refuses: whole offices share an address, and a person can show to be one.
 */
import { rejection, type FailureCode, type Rejection } from '../../kernel/rejection.js';
import type { VerificationPolicy } from '../../template/template.types.js';
import type { Counted, GuardStep } from '../guard.types.js';

export interface Rates {
  /** undefined: not counted. */
  readonly network: Counted | undefined;
  readonly device: Counted | undefined;
}

export interface Refusal {
  readonly step: GuardStep;
  readonly rejection: Rejection;
}

/** undefined: within the limits, or beyond them with a proof. */
export function judgeRates(
  { network, device }: Rates,
  policy: VerificationPolicy,
  isProven: boolean,
): Refusal | undefined {
  return (
    judge('NETWORK', 'RATE_LIMITED', network, policy, isProven) ??
    judge('DEVICE', 'DEVICE_LIMITED', device, policy, isProven)
  );
}

function judge(
  step: GuardStep,
  code: FailureCode,
  counted: Counted | undefined,
  policy: VerificationPolicy,
  isProven: boolean,
): Refusal | undefined {
  if (counted?.state !== 'FULL') return undefined;
  if (policy === 'NEVER')
    return { step, rejection: rejection(code, { retryAfterMs: counted.freeAtMs }) };
  return isProven ? undefined : { step, rejection: rejection('VERIFICATION_REQUIRED') };
}
