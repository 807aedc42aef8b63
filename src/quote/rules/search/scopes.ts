/**
 * The scopes of many candidates: equal ones are kept once, and lines that lie in the same scopes are one
 * atom. Atoms only shorten the sums over scopes; shares stay line by line, because largest remainders
 * differ from line to line.
 */
import type { Candidate } from '../candidate.js';

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
