/**
 * An admissible bound for sets that contain certain coupons, the pattern Q.
 *
 * Percentages weaken each other and whatever comes before them, so adding up what each would save now
 * promises far too much. Once it is decided which of them are in the set, every line gets a weight: the
 * part of it that the percentages still to come will leave. The weighted sum of what remains,
 * V = Σ weight·remaining, starts as a promise for the end and ends as what is left:
 * - a percentage of Q leaves V in its turn as it is, up to rounding;
 * - any other coupon lowers V by at most what it saves times the largest weight in its scope.
 * So what is left at the end is at least V − `spent` (the rounding, and the other members of Q) − what
 * the coupons outside Q take, whichever they are.
 *
 * Weights are integers of 1/unit, rounded down, which only weakens the bound.
 */
import type { Member } from './decisions.js';
import { float64, float64Of } from './columns.js';
import type { SearchProblem } from './problem.js';

const WHOLE_BPS = 10_000;

export interface Potential {
  /** The weight of something that nothing still to come diminishes. */
  readonly unit: number;
  /** By how many of Q had their turn, then by atom. */
  readonly weight: readonly Float64Array[];
  /** By how many of Q had their turn: what the others may take off V, in 1/unit. */
  readonly spent: readonly number[];
  /** By candidate: the largest weight in its scope after its turn. */
  readonly scopeWeight: Float64Array;
}

/** So many parts of a minor unit that sums of `places` amounts stay safe integers. */
export function weightUnit({ totalMinor }: SearchProblem, places: number): number {
  let unit = 2 ** 30;
  while (unit > 1 && unit * totalMinor * (places + 2) > Number.MAX_SAFE_INTEGER) unit /= 2;
  return unit;
}

/** @param pattern the members of Q, in the order of application */
export function potentialOf(
  problem: SearchProblem,
  pattern: readonly Member[],
  unit: number,
): Potential {
  const weight = [float64(problem.atoms).fill(unit)];
  const spent = [0];
  for (let stage = 0; stage < pattern.length; stage++) {
    weight.push(float64Of(weight[0]!));
    spent.push(0);
  }
  for (let stage = pattern.length - 1; stage >= 0; stage--) {
    const { candidate, mostMinor } = pattern[stage]!;
    const scope = problem.scopes[problem.scopeOf[candidate]!]!;
    const keptBps = problem.keptBps[candidate]!;
    const after = weight[stage + 1]!;
    weight[stage]!.set(after);
    if (keptBps < 0) {
      spent[stage] = spent[stage + 1]! + mostMinor * largestWeight(scope.atoms, after);
      continue;
    }
    for (let i = 0; i < scope.atoms.length; i++) {
      const atom = scope.atoms[i]!;
      weight[stage]![atom] = Math.floor((after[atom]! * keptBps) / WHOLE_BPS);
    }
    spent[stage] = spent[stage + 1]! + roundingSlack(scope.atoms, scope.lines.length, after);
  }
  return { unit, weight, spent, scopeWeight: scopeWeights(problem, pattern, weight) };
}

/**
 * What rounding may shift in one turn: half a unit for the discount itself; and the largest-remainder
 * shares differ from the exact ones by at most lines/4 in sum from heavy to light lines.
 */
function roundingSlack(atoms: Int32Array, lines: number, weight: Float64Array): number {
  let smallest = Infinity;
  let largest = 0;
  for (let i = 0; i < atoms.length; i++) {
    const atom = atoms[i]!;
    smallest = Math.min(smallest, weight[atom]!);
    largest = Math.max(largest, weight[atom]!);
  }
  return Math.ceil((2 * largest + (largest - smallest) * lines) / 4);
}

function scopeWeights(
  { candidates, scopes, scopeOf }: SearchProblem,
  pattern: readonly Member[],
  weight: readonly Float64Array[],
): Float64Array {
  const known = float64(weight.length * scopes.length).fill(-1);
  const weights = float64(candidates.length);
  let stage = 0;
  for (let i = 0; i < weights.length; i++) {
    if (stage < pattern.length && pattern[stage]!.candidate <= i) stage += 1;
    const key = stage * scopes.length + scopeOf[i]!;
    if (known[key]! < 0) known[key] = largestWeight(scopes[scopeOf[i]!]!.atoms, weight[stage]!);
    weights[i] = known[key]!;
  }
  return weights;
}

function largestWeight(atoms: Int32Array, weight: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < atoms.length; i++) {
    if (weight[atoms[i]!]! > largest) largest = weight[atoms[i]!]!;
  }
  return largest;
}
