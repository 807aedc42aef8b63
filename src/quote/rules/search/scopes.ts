/**
 * The scopes of many candidates: equal ones are kept once, and lines that lie in the same scopes are one
 * atom. Atoms only shorten the sums over scopes; shares stay line by line, because largest remainders
 * differ from line to line.
 */
import type { Candidate } from '../candidate.js';
import { int32, int32Of, uint8 } from './columns.js';

export interface Scope {
  readonly lines: Int32Array;
  readonly atoms: Int32Array;
  /** Whether it has every line of every scope. */
  readonly isWide: boolean;
}

export interface Scopes {
  readonly scopes: readonly Scope[];
  /** By candidate: position of its scope in `scopes`. */
  readonly scopeOf: Int32Array;
  readonly atomOfLine: Int32Array;
  readonly atoms: number;
}

export function scopesOf(candidates: readonly Candidate[], lines: number): Scopes {
  const { scopes, scopeOf } = distinctScopes(candidates);
  const { atomOfLine, atoms } = atomsOf(scopes, lines);
  const covered = countCovered(scopes, lines);
  return {
    scopes: scopes.map((scope) => scopeOfLines(scope, atomOfLine, atoms, covered)),
    scopeOf,
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
  const scopeOf = int32(candidates.length);
  candidates.forEach(({ eligible }, i) => {
    const scope = byLines.get(eligible) ?? scopeWith(eligible, scopes, byHash);
    byLines.set(eligible, scope);
    scopeOf[i] = scope;
  });
  return { scopes, scopeOf };
}

/** The scope of these lines, a new one where there is none yet. */
function scopeWith(
  eligible: readonly number[],
  scopes: Int32Array[],
  byHash: Map<number, number[]>,
): number {
  const hash = hashOf(eligible);
  const alike = byHash.get(hash) ?? [];
  const found = alike.find((scope) => sameLines(scopes[scope]!, eligible));
  if (found !== undefined) return found;
  const scope = scopes.push(int32Of(eligible)) - 1;
  byHash.set(hash, [...alike, scope]);
  return scope;
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
  const atomOfLine = int32(lines);
  let atoms = Math.min(lines, 1);
  for (const scope of scopes) {
    const moved = int32(atoms).fill(-1);
    let next = atoms;
    for (let i = 0; i < scope.length; i++) {
      const line = scope[i]!;
      const atom = atomOfLine[line]!;
      if (moved[atom]! < 0) moved[atom] = next++;
      atomOfLine[line] = moved[atom]!;
    }
    const compact = int32(next).fill(-1);
    atoms = 0;
    for (let line = 0; line < lines; line++) {
      const atom = atomOfLine[line]!;
      if (compact[atom]! < 0) compact[atom] = atoms++;
      atomOfLine[line] = compact[atom]!;
    }
  }
  return { atomOfLine, atoms };
}

function scopeOfLines(
  lines: Int32Array,
  atomOfLine: Int32Array,
  atoms: number,
  covered: number,
): Scope {
  const seen = uint8(atoms);
  const inScope: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    const atom = atomOfLine[lines[i]!]!;
    if (seen[atom] === 0) inScope.push(atom);
    seen[atom] = 1;
  }
  return { lines, atoms: int32Of(inScope), isWide: lines.length === covered };
}

function countCovered(scopes: readonly Int32Array[], lines: number): number {
  const isCovered = uint8(lines);
  let covered = 0;
  for (const scope of scopes) {
    for (let i = 0; i < scope.length; i++) {
      covered += 1 - isCovered[scope[i]!]!;
      isCovered[scope[i]!] = 1;
    }
  }
  return covered;
}
