/** The candidates of a pool in columns, ready for a search. */
import type { Candidate } from '../candidate.js';
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
  const scoped = scopesOf(candidates, columns.subtotalMinor.length);
  return {
    candidates,
    lines: columns.subtotalMinor.length,
    totalMinor: columns.subtotalMinor.reduce((sum, minor) => sum + minor, 0),
    unitPriceMinor: Float64Array.from(columns.unitPriceMinor),
    subtotalMinor: Float64Array.from(columns.subtotalMinor),
    aloneMinor: Float64Array.from(candidates, (c) => c.aloneMinor),
    thresholdMinor: Float64Array.from(candidates, (c) => c.kind.thresholdMinor(c.coupon.rules)),
    endRank: Int32Array.from(ranked, ({ endRank }) => endRank),
    idRank: Int32Array.from(ranked, ({ idRank }) => idRank),
    keptBps: Int32Array.from(
      candidates,
      (c) => c.kind.keptBps(c.coupon.rules, c.originalMinor) ?? -1,
    ),
    isUnit: Uint8Array.from(candidates, ({ coupon, kind }) =>
      kind.isOneUnit && coupon.rules.exclusionGroup === null ? 1 : 0,
    ),
    copyBefore: Int32Array.from(candidates, (_, i) => copyBefore(candidates, scoped.scopeOf, i)),
    group: groupNumbers(candidates),
    ...scoped,
  };
}

function groupNumbers(candidates: readonly Candidate[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(candidates, ({ coupon }) => {
    const name = coupon.rules.exclusionGroup;
    if (name === null) return -1;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
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
