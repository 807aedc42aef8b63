/** Whether a template may be claimed now, as far as the template itself decides. */
import { rejection, type Rejection } from '../../kernel/rejection.js';
import type { Template } from '../template.types.js';

/** undefined: open. Else the refusal, which may become untrue with time. */
export function closedBecause(template: Template, nowMs: number): Rejection | undefined {
  const { rules, status } = template;
  if (status === 'STOPPED' || status === 'EXPIRED') return rejection('CLAIM_CLOSED');
  if (status !== 'ACTIVE') return rejection('TEMPLATE_NOT_ACTIVE');
  if (nowMs >= rules.claimUntilMs) return rejection('CLAIM_CLOSED');
  if (nowMs < rules.claimFromMs)
    return rejection('CLAIM_NOT_OPEN', { retryAfterMs: rules.claimFromMs });
  return undefined;
}
