/** What a score means: refused above 0.8, and above 0.5 asked for a proof where the template asks by risk. */
import { rejection } from '../../kernel/rejection.js';
import type { VerificationPolicy } from '../../template/template.types.js';
import type { Refusal } from './judge-rates.js';

export const DENIED_ABOVE = 0.8;
export const ASKED_ABOVE = 0.5;

/** @param score 0 to 1 */
export function judgeRisk(
  score: number,
  policy: VerificationPolicy,
  isProven: boolean,
): Refusal | undefined {
  if (score > DENIED_ABOVE) return { step: 'RISK', rejection: rejection('RISK_DENIED') };
  const isAsked = score > ASKED_ABOVE && policy === 'WHEN_RISKY' && !isProven;
  return isAsked ? { step: 'RISK', rejection: rejection('VERIFICATION_REQUIRED') } : undefined;
}
