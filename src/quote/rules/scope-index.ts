/**
 * Finds the eligible lines of many scopes in one cart: products and categories point at their lines, so
 * a scope costs what it names and not what the cart holds. Coupons of one template share their scope
 * and so the answer. Tested to agree with `isEligible`, the definition.
 */
import type { UsageScope } from '../../template/template.types.js';
import type { CartLine } from './quote.types.js';

export class ScopeIndex {
  private readonly count: number;
  private readonly byProduct = new Map<string, number[]>();
  private readonly byCategory = new Map<string, number[]>();
  private readonly known = new Map<UsageScope, readonly number[]>();
  private readonly isIn: Uint8Array;

  constructor(lines: readonly CartLine[]) {
    this.count = lines.length;
    this.isIn = new Uint8Array(lines.length);
    lines.forEach(({ productId, categoryIds }, line) => {
      add(this.byProduct, productId, line);
      for (const id of categoryIds) add(this.byCategory, id, line);
    });
  }

  /** Positions of the eligible lines, ascending. */
  eligible(scope: UsageScope): readonly number[] {
    const known = this.known.get(scope);
    if (known !== undefined) return known;
    const includesAll = scope.includeProducts.length === 0 && scope.includeCategories.length === 0;
    this.isIn.fill(includesAll ? 1 : 0);
    this.mark(scope.includeProducts, scope.includeCategories, 1);
    this.mark(scope.excludeProducts, scope.excludeCategories, 0);
    const positions: number[] = [];
    for (let line = 0; line < this.count; line++) if (this.isIn[line] === 1) positions.push(line);
    this.known.set(scope, positions);
    return positions;
  }

  private mark(products: readonly string[], categories: readonly string[], value: 0 | 1): void {
    for (const id of products)
      for (const line of this.byProduct.get(id) ?? []) this.isIn[line] = value;
    for (const id of categories) {
      for (const line of this.byCategory.get(id) ?? []) this.isIn[line] = value;
    }
  }
}

function add(index: Map<string, number[]>, id: string, line: number): void {
  const lines = index.get(id);
  if (lines === undefined) index.set(id, [line]);
  else lines.push(line);
}
