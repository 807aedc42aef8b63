/** Whether this caller may claim this template at all, apart from time and stock. */
import { rejection, type Rejection } from '../../kernel/rejection.js';
import type { TemplateRules } from '../../template/template.types.js';

export interface Claimant {
  readonly userId: string;
  /** As the token says it; null: none. */
  readonly level: string | null;
}

/** undefined: eligible. */
export function notEligibleBecause(
  rules: TemplateRules,
  claimant: Claimant,
): Rejection | undefined {
  if (rules.audience.length > 0 && !rules.audience.includes(claimant.userId))
    return rejection('NOT_TARGETED');
  const isLevelAllowed =
    rules.userLevels.length === 0 ||
    (claimant.level !== null && rules.userLevels.includes(claimant.level));
  if (!isLevelAllowed) return rejection('USER_LEVEL_NOT_ELIGIBLE');
  return undefined;
}
