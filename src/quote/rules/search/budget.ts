/**
 * What a search may spend, and what it knows of the branches it left for want of it.
 *
 * The limit is counted, never timed, so the same input stops at the same place on every machine: in
 * nodes, and in work, because a node of a large cart costs more than a node of a small one and neither
 * may keep the event loop waiting.
 */
import type { SearchProblem } from './problem.js';

/** What one node costs at most, in visits of a line, an atom or a candidate, roughly. */
export function workOfNode({ lines, candidates, scopes }: SearchProblem): number {
  const sums = scopes.reduce((sum, scope) => sum + scope.atoms.length, 0);
  return 450 + 4 * lines + 8 * candidates.length + sums;
}

/** What making the problem of a pool costs, and all the rest that grows with lines times coupons. */
export function workOfSetup({ lines, candidates }: SearchProblem): number {
  return 8 * lines * candidates.length;
}

/** What a coupon's turn costs by itself. */
export function workOfTurn({ lines }: SearchProblem): number {
  return 100 + 4 * lines;
}

export class Budget {
  nodes = 0;
  isSpent = false;
  /** The largest bound of an abandoned branch; 0 while there is none. */
  abandonedMinor = 0;
  private work = 0;

  constructor(
    private readonly nodeLimit: number,
    private readonly workLimit: number,
  ) {}

  /** Counts one node; false if there is none left, and then the branch must be abandoned. */
  spend(work: number): boolean {
    if (this.nodes >= this.nodeLimit || this.work + work > this.workLimit) return false;
    this.nodes += 1;
    this.work += work;
    return true;
  }

  /** Counts work beside the nodes. */
  note(work: number): void {
    this.work += work;
  }

  /** Remembers that a branch which could save so much was not searched. */
  abandon(boundMinor: number): void {
    this.isSpent = true;
    this.abandonedMinor = Math.max(this.abandonedMinor, boundMinor);
  }
}
