/**
 * The states of a depth-first search, one level for every coupon taken: what is left on the lines and
 * scopes, and what each candidate would save next. A level is filled from the one above it, so going
 * back costs nothing.
 */
import type { TermLines } from '../discounts/discount.types.js';
import type { MutableTerms, SearchProblem } from './problem.js';
import { spreadScratch, takeOff, type SpreadScratch } from './spread.js';

export interface Level {
  discountMinor: number;
  readonly remainingMinor: Float64Array;
  /** By atom: what is left on its lines. */
  readonly atomMinor: Float64Array;
  /** By scope: what is left on its lines. */
  readonly baseMinor: Float64Array;
}

export class Levels {
  readonly at: readonly Level[];
  private readonly problem: SearchProblem;
  private readonly terms: readonly MutableTerms[];
  private readonly scratch: SpreadScratch;

  constructor(problem: SearchProblem, depth: number) {
    this.problem = problem;
    this.at = Array.from({ length: depth + 1 }, () => ({
      discountMinor: 0,
      remainingMinor: new Float64Array(problem.lines),
      atomMinor: new Float64Array(problem.atoms),
      baseMinor: new Float64Array(problem.scopes.length),
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
    this.sumBases(first);
  }

  /** At most what the candidate saves from this level on: exact but for what only its lines can tell. */
  ceilingMinor(depth: number, candidate: number): number {
    const { aloneMinor, scopeOf } = this.problem;
    const baseMinor = this.at[depth]!.baseMinor[scopeOf[candidate]!]!;
    const terms = this.termsAt(candidate, baseMinor);
    if (terms === null) return 0;
    const { kind } = this.problem.candidates[candidate]!;
    return Math.min(aloneMinor[candidate]!, baseMinor, kind.ceilingMinor(terms));
  }

  /** Gives the candidate its turn at `depth` and fills the next level; answers what it saves. */
  take(depth: number, candidate: number): number {
    const { candidates, scopeOf, scopes, unitPriceMinor } = this.problem;
    const from = this.at[depth]!;
    const to = this.at[depth + 1]!;
    const baseMinor = from.baseMinor[scopeOf[candidate]!]!;
    const terms = this.termsAt(candidate, baseMinor);
    if (terms === null) return 0;
    const eligible = scopes[scopeOf[candidate]!]!.lines;
    const lines: TermLines = { eligible, unitPriceMinor, remainingMinor: from.remainingMinor };
    const { amountMinor, onLine } = candidates[candidate]!.kind.discount(terms, lines);
    const discountMinor = Math.min(amountMinor, baseMinor);
    if (discountMinor === 0) return 0;
    to.discountMinor = from.discountMinor + discountMinor;
    to.remainingMinor.set(from.remainingMinor);
    if (onLine !== null) to.remainingMinor[onLine]! -= discountMinor;
    else takeOff(discountMinor, baseMinor, eligible, to.remainingMinor, this.scratch);
    this.sumBases(to);
    return discountMinor;
  }

  /** The candidate's terms, or null where its threshold is missed. */
  private termsAt(candidate: number, baseMinor: number): MutableTerms | null {
    const terms = this.terms[candidate]!;
    terms.baseMinor = baseMinor;
    if (terms.rules.thresholdBasis === 'REMAINING') terms.basisMinor = baseMinor;
    return terms.basisMinor < this.problem.thresholdMinor[candidate]! ? null : terms;
  }

  private sumBases(level: Level): void {
    const { atomOfLine, scopes } = this.problem;
    const { remainingMinor, atomMinor, baseMinor } = level;
    atomMinor.fill(0);
    for (let line = 0; line < remainingMinor.length; line++) {
      atomMinor[atomOfLine[line]!]! += remainingMinor[line]!;
    }
    for (let scope = 0; scope < scopes.length; scope++) {
      const { atoms } = scopes[scope]!;
      let sum = 0;
      for (let i = 0; i < atoms.length; i++) sum += atomMinor[atoms[i]!]!;
      baseMinor[scope] = sum;
    }
  }
}
