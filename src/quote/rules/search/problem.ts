/** The candidates of a pool in columns, ready for a search. */
import type { Candidate } from '../candidate.js';
import { float64, float64Of, int32, uint8 } from './columns.js';
import type { CartColumns } from '../placed-coupon.js';
import type { Terms } from '../discounts/discount.types.js';
import { scopesOf, type Scopes } from './scopes.js';

export interface SearchProblem extends Scopes {
  /** In the order of application; each saves something alone. */
  readonly candidates: readonly Candidate[];
  readonly lines: number;
  /** What the cart costs: nothing saves more. */
  readonly totalMinor: number;
  readonly unitPriceMinor: Float64Array;
  readonly subtotalMinor: Float64Array;
  readonly aloneMinor: Float64Array;
  readonly thresholdMinor: Float64Array;
  readonly endRank: Int32Array;
  readonly idRank: Int32Array;
  /** The part of its base that it leaves, whatever the base; -1 where that depends on the base. */
  readonly keptBps: Int32Array;
  /** 1 where it takes one unit of a line and is in no exclusion group. */
  readonly isUnit: Uint8Array;
  /** The copy of the same coupon right before it, -1 for none: see `copyBefore`. */
  readonly copyBefore: Int32Array;
  /** The exclusion group by number, -1 for none. */
  readonly group: Int32Array;
}

/** A candidate that saves something alone, and its places in the ties of the whole wallet. */
export interface RankedCandidate {
  readonly candidate: Candidate;
  /** Place of its end of validity among all; equal ends share a place. */
  readonly endRank: number;
  readonly idRank: number;
}

/** Terms that the search fills in anew at every node. */
export type MutableTerms = { -readonly [K in keyof Terms]: Terms[K] };

/** @param ranked in the order of application */
export function searchProblem(
  ranked: readonly RankedCandidate[],
  columns: CartColumns,
): SearchProblem {
  const candidates = ranked.map(({ candidate }) => candidate);
  const count = candidates.length;
  const scoped = scopesOf(candidates, columns.subtotalMinor.length);
  const problem = {
    candidates,
    lines: columns.subtotalMinor.length,
    totalMinor: columns.subtotalMinor.reduce((sum, minor) => sum + minor, 0),
    unitPriceMinor: float64Of(columns.unitPriceMinor),
    subtotalMinor: float64Of(columns.subtotalMinor),
    aloneMinor: float64(count),
    thresholdMinor: float64(count),
    endRank: int32(count),
    idRank: int32(count),
    keptBps: int32(count),
    isUnit: uint8(count),
    copyBefore: int32(count),
    group: groupNumbers(candidates),
    ...scoped,
  };
  // In one loop: `from` with a function takes ten times as long, and this is a third of a small quote.
  for (let i = 0; i < count; i++) {
    const { candidate, endRank, idRank } = ranked[i]!;
    const { coupon, kind, originalMinor, aloneMinor } = candidate;
    problem.aloneMinor[i] = aloneMinor;
    problem.thresholdMinor[i] = kind.thresholdMinor(coupon.rules);
    problem.endRank[i] = endRank;
    problem.idRank[i] = idRank;
    problem.keptBps[i] = kind.keptBps(coupon.rules, originalMinor) ?? -1;
    problem.isUnit[i] = kind.isOneUnit && coupon.rules.exclusionGroup === null ? 1 : 0;
    problem.copyBefore[i] = copyBefore(candidates, scoped.scopeOf, i);
  }
  return problem;
}

function groupNumbers(candidates: readonly Candidate[]): Int32Array {
  const numbers = new Map<string, number>();
  const group = int32(candidates.length).fill(-1);
  candidates.forEach(({ coupon }, i) => {
    const name = coupon.rules.exclusionGroup;
    if (name === null) return;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    group[i] = number;
  });
  return group;
}

/**
 * Copies of one coupon that follow each other are taken from the front: any other choice of as many has
 * the same total and worse ties. So a copy is taken only after the one before it.
 */
function copyBefore(candidates: readonly Candidate[], scopeOf: Int32Array, i: number): number {
  if (i === 0 || scopeOf[i] !== scopeOf[i - 1]) return -1;
  const { coupon } = candidates[i]!;
  const { coupon: before } = candidates[i - 1]!;
  const same = coupon.rules === before.rules && coupon.faceValueMinor === before.faceValueMinor;
  return same ? i - 1 : -1;
}
