/**
 * The candidates of a quote in columns, ready for a search: equal scopes are kept once, and lines that
 * lie in the same scopes are one atom. Atoms only shorten the sums over scopes; shares stay line by
 * line, because largest remainders differ from line to line.
 */
import type { Candidate, CartColumns } from '../candidate.js';
import type { Terms } from '../discounts/discount.types.js';

export interface SearchProblem {
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
  /** Position of the candidate's scope in `scopes`. */
  readonly scopeOf: Int32Array;
  readonly scopes: readonly Scope[];
  readonly atomOfLine: Int32Array;
  readonly atoms: number;
}

export interface Scope {
  readonly lines: Int32Array;
  readonly atoms: Int32Array;
  /** Whether it has every line of every scope. */
  readonly isWide: boolean;
}

/** A candidate that saves something alone, and its places in the ties of the whole wallet. */
export interface RankedCandidate {
  readonly candidate: Candidate;
  /** It never saves more beside others. */
  readonly aloneMinor: number;
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
  const { scopes, scopeOf } = distinctScopes(candidates);
  const { atomOfLine, atoms } = atomsOf(scopes, columns.subtotalMinor.length);
  const covered = countCovered(scopes, columns.subtotalMinor.length);
  return {
    candidates,
    lines: columns.subtotalMinor.length,
    totalMinor: columns.subtotalMinor.reduce((sum, minor) => sum + minor, 0),
    unitPriceMinor: Float64Array.from(columns.unitPriceMinor),
    subtotalMinor: Float64Array.from(columns.subtotalMinor),
    aloneMinor: Float64Array.from(ranked, ({ aloneMinor }) => aloneMinor),
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
    copyBefore: Int32Array.from(candidates, (_, i) => copyBefore(candidates, scopeOf, i)),
    group: groupNumbers(candidates),
    scopeOf,
    scopes: scopes.map((lines) => scopeOfLines(lines, atomOfLine, atoms, covered)),
    atomOfLine,
    atoms,
  };
}

function distinctScopes(candidates: readonly Candidate[]): {
  scopes: Int32Array[];
  scopeOf: Int32Array;
} {
  const scopes: Int32Array[] = [];
  const byLines = new Map<readonly number[], number>();
  const byHash = new Map<number, number[]>();
  const scopeOf = Int32Array.from(candidates, ({ eligible }) => {
    const known = byLines.get(eligible);
    if (known !== undefined) return known;
    const hash = hashOf(eligible);
    const alike = byHash.get(hash) ?? [];
    const found = alike.find((scope) => sameLines(scopes[scope]!, eligible));
    const scope = found ?? scopes.push(Int32Array.from(eligible)) - 1;
    if (found === undefined) byHash.set(hash, [...alike, scope]);
    byLines.set(eligible, scope);
    return scope;
  });
  return { scopes, scopeOf };
}

function hashOf(lines: readonly number[]): number {
  let hash = lines.length;
  for (let i = 0; i < lines.length; i++) hash = (Math.imul(hash, 31) + lines[i]!) | 0;
  return hash;
}

function sameLines(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Refines the lines scope by scope: two lines stay in one atom while every scope has both or neither. */
function atomsOf(
  scopes: readonly Int32Array[],
  lines: number,
): { atomOfLine: Int32Array; atoms: number } {
  let atomOfLine = new Int32Array(lines);
  let atoms = Math.min(lines, 1);
  for (const scope of scopes) {
    const moved = new Int32Array(atoms).fill(-1);
    let next = atoms;
    for (const line of scope) {
      const atom = atomOfLine[line]!;
      if (moved[atom]! < 0) moved[atom] = next++;
      atomOfLine[line] = moved[atom]!;
    }
    const compact = new Int32Array(next).fill(-1);
    atoms = 0;
    atomOfLine = atomOfLine.map((atom) => {
      if (compact[atom]! < 0) compact[atom] = atoms++;
      return compact[atom]!;
    });
  }
  return { atomOfLine, atoms };
}

function scopeOfLines(
  lines: Int32Array,
  atomOfLine: Int32Array,
  atoms: number,
  covered: number,
): Scope {
  const seen = new Uint8Array(atoms);
  const inScope = lines
    .map((line) => atomOfLine[line]!)
    .filter((atom) => seen[atom] === 0 && (seen[atom] = 1) === 1);
  return { lines, atoms: inScope, isWide: lines.length === covered };
}

function countCovered(scopes: readonly Int32Array[], lines: number): number {
  const isCovered = new Uint8Array(lines);
  for (const scope of scopes) for (const line of scope) isCovered[line] = 1;
  return isCovered.reduce((sum, one) => sum + one, 0);
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
