/**
 * Scope: on which lines a coupon works.
 * A line is eligible if it is included (nothing named includes everything) and not excluded; where a
 * product or category is both, exclusion wins.
 */
import type { UsageScope } from '../../template/template.types.js';
import type { CartLine } from './quote.types.js';

/** Whether the scope takes the line in. */
export function isEligible(line: CartLine, scope: UsageScope): boolean {
  const includesAll = scope.includeProducts.length === 0 && scope.includeCategories.length === 0;
  const included = includesAll || names(line, scope.includeProducts, scope.includeCategories);
  return included && !names(line, scope.excludeProducts, scope.excludeCategories);
}

function names(
  line: CartLine,
  products: readonly string[],
  categories: readonly string[],
): boolean {
  return (
    products.includes(line.productId) || line.categoryIds.some((id) => categories.includes(id))
  );
}
