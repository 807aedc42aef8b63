/** The limits of a template: its own where it has them, else those of the deployment. */
import type { TemplateRules } from '../../template/template.types.js';
import type { ClaimLimits } from '../guard.types.js';

export function limitsOf(
  { limits }: Pick<TemplateRules, 'limits'>,
  deployment: ClaimLimits,
): ClaimLimits {
  return {
    perNetworkPerHour: limits.perNetworkPerHour ?? deployment.perNetworkPerHour,
    perDevicePerDay: limits.perDevicePerDay ?? deployment.perDevicePerDay,
  };
}
