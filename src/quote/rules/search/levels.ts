/**
 * The states of a depth-first search, one level for every coupon taken: what is left on the lines and
 * scopes, and what each candidate would save next. A level is filled from the one above it, so going
 * back costs nothing.
 */
import type { Discount, TermLines } from '../discounts/discount.types.js';
import { float64, uint8 } from './columns.js';
import type { MutableTerms, SearchProblem } from './problem.js';
import { spreadScratch, takeOff, type SpreadScratch } from './spread.js';

export interface Level {
  discountMinor: number;
  readonly remainingMinor: Float64Array;
  /** By atom: what is left on its lines. */
  readonly atomMinor: Float64Array;
  /** By scope: what is left on its lines, once somebody asked. */
  readonly baseMinor: Float64Array;
  readonly isBaseKnown: Uint8Array;
}

const NO_DISCOUNT: Discount = { amountMinor: 0, onLine: null };

export class Levels {
  readonly at: readonly Level[];
  private readonly problem: SearchProblem;
  private readonly terms: readonly MutableTerms[];
  private readonly scratch: SpreadScratch;

  constructor(problem: SearchProblem, depth: number) {
    this.problem = problem;
    this.at = Array.from({ length: depth + 1 }, () => ({
      discountMinor: 0,
      remainingMinor: float64(problem.lines),
      atomMinor: float64(problem.atoms),
      baseMinor: float64(problem.scopes.length),
      isBaseKnown: uint8(problem.scopes.length),
    }));
    this.terms = problem.candidates.map(({ coupon, originalMinor }) => ({
      rules: coupon.rules,
      faceValueMinor: coupon.faceValueMinor,
      basisMinor: originalMinor,
      baseMinor: originalMinor,
    }));
    this.scratch = spreadScratch(problem.lines);
    const first = this.at[0]!;
    first.remainingMinor.set(problem.subtotalMinor);
    this.sumAtoms(first);
  }

  /** What is left on the lines of a scope. */
  baseMinor(depth: number, scope: number): number {
    const { atomMinor, baseMinor, isBaseKnown } = this.at[depth]!;
    if (isBaseKnown[scope] === 0) {
      baseMinor[scope] = sumOf(atomMinor, this.problem.scopes[scope]!.atoms);
      isBaseKnown[scope] = 1;
    }
    return baseMinor[scope]!;
  }

  /** At most what the candidate saves from this level on: exact but for what only its lines can tell. */
  ceilingMinor(depth: number, candidate: number): number {
    const { aloneMinor, scopeOf } = this.problem;
    const baseMinor = this.baseMinor(depth, scopeOf[candidate]!);
    const terms = this.termsAt(candidate, baseMinor);
    if (terms === null) return 0;
    const { kind } = this.problem.candidates[candidate]!;
    return Math.min(aloneMinor[candidate]!, baseMinor, kind.ceilingMinor(terms));
  }

  /** What the candidate saves in its turn at `depth`. */
  discount(depth: number, candidate: number): Discount {
    const { candidates, scopeOf, scopes, unitPriceMinor } = this.problem;
    const { remainingMinor } = this.at[depth]!;
    const base = this.baseMinor(depth, scopeOf[candidate]!);
    const terms = this.termsAt(candidate, base);
    if (terms === null) return NO_DISCOUNT;
    const eligible = scopes[scopeOf[candidate]!]!.lines;
    const lines: TermLines = { eligible, unitPriceMinor, remainingMinor };
    const { amountMinor, onLine } = candidates[candidate]!.kind.discount(terms, lines);
    return { amountMinor: Math.min(amountMinor, base), onLine };
  }

  /** Fills the level below `depth` with what the discount leaves. */
  descend(depth: number, candidate: number, { amountMinor, onLine }: Discount): void {
    const { scopeOf, scopes } = this.problem;
    const from = this.at[depth]!;
    const to = this.at[depth + 1]!;
    const scope = scopeOf[candidate]!;
    to.discountMinor = from.discountMinor + amountMinor;
    to.remainingMinor.set(from.remainingMinor);
    if (onLine !== null) to.remainingMinor[onLine]! -= amountMinor;
    else {
      const base = this.baseMinor(depth, scope);
      takeOff(amountMinor, base, scopes[scope]!.lines, to.remainingMinor, this.scratch);
    }
    this.sumAtoms(to);
  }

  /** Both in one; answers what the candidate saves, and fills nothing where that is nothing. */
  take(depth: number, candidate: number): number {
    const discount = this.discount(depth, candidate);
    if (discount.amountMinor > 0) this.descend(depth, candidate, discount);
    return discount.amountMinor;
  }

  /** The candidate's terms, or null where its threshold is missed. */
  private termsAt(candidate: number, baseMinor: number): MutableTerms | null {
    const terms = this.terms[candidate]!;
    terms.baseMinor = baseMinor;
    if (terms.rules.thresholdBasis === 'REMAINING') terms.basisMinor = baseMinor;
    return terms.basisMinor < this.problem.thresholdMinor[candidate]! ? null : terms;
  }

  private sumAtoms({ remainingMinor, atomMinor, isBaseKnown }: Level): void {
    const { atomOfLine } = this.problem;
    isBaseKnown.fill(0);
    atomMinor.fill(0);
    for (let line = 0; line < remainingMinor.length; line++) {
      atomMinor[atomOfLine[line]!]! += remainingMinor[line]!;
    }
  }
}

function sumOf(values: Float64Array, at: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) sum += values[at[i]!]!;
  return sum;
}
