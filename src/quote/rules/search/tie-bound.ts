/**
 * Whether a branch that can at best equal the incumbent's total may still win the tie.
 *
 * Optimistic on purpose: the fewest coupons that could make up what is missing, and of all coupons that
 * could be among them the earliest ends and, separately, the smallest ids. If even that is no better,
 * the branch is not.
 */
import { ascending, compareRanks, type Incumbent } from './incumbent.js';
import type { SearchProblem } from './problem.js';

export interface TiedBranch {
  /** What the branch has to save yet to equal the incumbent. */
  readonly needMinor: number;
  readonly taken: readonly number[];
  /** At most what each would save next. */
  readonly savesMinor: Float64Array;
  readonly from: number;
  readonly places: number;
}

export function mayWinTie(problem: SearchProblem, best: Incumbent, branch: TiedBranch): boolean {
  const { savesMinor, from, needMinor, taken } = branch;
  if (needMinor === 0) return false; // The node itself was offered; more coupons save nothing more.
  const able: number[] = [];
  for (let i = from; i < savesMinor.length; i++) if (savesMinor[i]! > 0) able.push(i);
  const savings = able.map((i) => savesMinor[i]!).sort((a, b) => b - a);
  const fewest = fewestFor(needMinor, savings);
  if (taken.length + fewest !== best.count) return taken.length + fewest < best.count;
  let withoutOne = 0;
  for (let i = 0; i < fewest - 1; i++) withoutOne += savings[i]!;
  const fitting = able.filter((i) => withoutOne + savesMinor[i]! >= needMinor);
  const ends = earliest(problem.endRank, taken, fitting, fewest);
  const ids = earliest(problem.idRank, taken, fitting, fewest);
  return (compareRanks(ends, best.endRanks) || compareRanks(ids, best.idRanks)) < 0;
}

function fewestFor(needMinor: number, descending: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < descending.length; i++) {
    sum += descending[i]!;
    if (sum >= needMinor) return i + 1;
  }
  return Infinity;
}

function earliest(
  rank: Int32Array,
  taken: readonly number[],
  fitting: readonly number[],
  count: number,
): number[] {
  const added = fitting.map((i) => rank[i]!).sort(ascending);
  return [...taken.map((i) => rank[i]!), ...added.slice(0, count)].sort(ascending);
}
