import { workOfNode, type Budget } from './budget.js';
import { float64 } from './columns.js';
import type { Incumbent } from './incumbent.js';
import { Levels } from './levels.js';
import { weightUnit } from './potential.js';
import type { SearchProblem } from './problem.js';
import { topScratch, TopValues } from './top-values.js';

/** What every pattern of a pool shares. */
export interface PoolState {
  readonly problem: SearchProblem;
  readonly places: number;
  readonly best: Incumbent;
  readonly budget: Budget;
  /** What one node costs. */
  readonly work: number;
  /** The bound counts in parts of a minor unit, so many in one. */
  readonly unit: number;
  readonly levels: Levels;
  /** By depth and candidate: at most what it takes off the potential. */
  readonly values: readonly Float64Array[];
  readonly tops: readonly TopValues[];
  /** How many candidates take one unit each. */
  readonly units: number;
}

export function poolState(
  problem: SearchProblem,
  maxCoupons: number,
  best: Incumbent,
  budget: Budget,
): PoolState {
  const count = problem.candidates.length;
  const places = Math.min(maxCoupons, count);
  const depths = Array.from({ length: places + 1 });
  const scratch = topScratch(places);
  return {
    problem,
    places,
    best,
    budget,
    work: workOfNode(problem),
    unit: weightUnit(problem, places),
    units: problem.isUnit.reduce((sum, one) => sum + one, 0),
    levels: new Levels(problem, places),
    values: depths.map(() => float64(count)),
    tops: depths.map(() => new TopValues(problem.group, problem.isUnit, places, scratch)),
  };
}
