/** When Redis may forget a template: nobody has been able to claim it for so long that no claim is on its way. */
import { GATE_KEPT_MS } from '../../config/limits.js';
import { closedBecause } from '../../template/rules/claim-window.js';
import type { Template } from '../../template/template.types.js';

export function isLongOver(template: Template, nowMs: number): boolean {
  const isStopped = template.status === 'STOPPED';
  const overSinceMs = isStopped ? template.updatedAtMs : template.rules.claimUntilMs;
  return (
    closedBecause(template, nowMs)?.code === 'CLAIM_CLOSED' && nowMs - overSinceMs > GATE_KEPT_MS
  );
}
