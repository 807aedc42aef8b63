/**
 * Whether a branch that can at best equal the incumbent's total may still win the tie.
 *
 * Optimistic on purpose: the fewest coupons that could make up what is missing, and of all coupons that
 * could be among them the earliest ends and, separately, the smallest ids. If even that is no better,
 * the branch is not. Members that are a set of their own were offered before, and never better themselves.
 */
import { ascending, compareRanks, type Incumbent } from './incumbent.js';
import type { SearchProblem } from './problem.js';

export interface TiedBranch {
  /** What the free coupons have to be worth for the branch to equal the incumbent. */
  readonly need: number;
  /** Those that are in every set of the branch. */
  readonly members: readonly number[];
  /** By candidate: at most what it is worth here. */
  readonly values: Float64Array;
  readonly from: number;
  readonly places: number;
}

export function mayWinTie(problem: SearchProblem, best: Incumbent, branch: TiedBranch): boolean {
  const { values, from, need, members } = branch;
  const able: number[] = [];
  for (let i = from; i < values.length; i++) if (values[i]! > 0) able.push(i);
  const descending = able.map((i) => values[i]!).sort((a, b) => b - a);
  const fewest = fewestFor(need, descending);
  const count = members.length + fewest;
  if (fewest > branch.places || count > best.count) return false;
  if (count < best.count) return true;
  let withoutOne = 0;
  for (let i = 0; i < fewest - 1; i++) withoutOne += descending[i]!;
  const fitting = able.filter((i) => withoutOne + values[i]! >= need);
  const ends = earliest(problem.endRank, members, fitting, fewest);
  const ids = earliest(problem.idRank, members, fitting, fewest);
  return (compareRanks(ends, best.endRanks) || compareRanks(ids, best.idRanks)) < 0;
}

function fewestFor(need: number, descending: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (; sum < need && count < descending.length; count++) sum += descending[count]!;
  return sum < need ? Infinity : count;
}

function earliest(
  rank: Int32Array,
  members: readonly number[],
  fitting: readonly number[],
  count: number,
): number[] {
  const added = fitting.map((i) => rank[i]!).sort(ascending);
  return [...members.map((i) => rank[i]!), ...added.slice(0, count)].sort(ascending);
}
