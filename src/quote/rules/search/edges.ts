/**
 * What may be saved before the turn of a coupon with a threshold on what remains: if more, it misses
 * the threshold (or the tier that was decided for it), and there is no such set.
 *
 * Where its scope is wide (has every line of every coupon), all that the coupons before it save counts, so
 * the bound on them has a limit. This is what makes many large coupons with tiers searchable.
 */
import { mulDivFloor } from '../../../kernel/money.js';
import type { Member } from './decisions.js';
import type { Levels } from './levels.js';
import type { SearchProblem } from './problem.js';

const WHOLE_BPS = 10_000;

/** A member of the pattern with a basis that it must still meet in its turn. */
export interface Edge {
  readonly candidate: number;
  /** Its place in the pattern. */
  readonly place: number;
  readonly scope: number;
  readonly isWide: boolean;
  readonly fromMinor: number;
  /** By stage: what the members between then and its turn save on its lines at least. */
  readonly leastBeforeMinor: readonly number[];
}

export interface Limit {
  /** The candidates before this one */
  readonly before: number;
  /** save together at most so much; negative: nothing they do leaves enough. */
  readonly mostMinor: number;
}

/** @param pattern in the order of application */
export function edgesOf(problem: SearchProblem, pattern: readonly Member[]): Edge[] {
  const edges: Edge[] = [];
  for (let place = 0; place < pattern.length; place++) {
    const { candidate, fromMinor } = pattern[place]!;
    if (fromMinor === 0) continue;
    const scope = problem.scopeOf[candidate]!;
    const leastBeforeMinor = Array.from({ length: place + 1 }, () => 0);
    for (let stage = place - 1; stage >= 0; stage--) {
      const least = leastSaved(problem, pattern[stage]!, pattern[place]!);
      leastBeforeMinor[stage] = leastBeforeMinor[stage + 1]! + least;
    }
    const { isWide } = problem.scopes[scope]!;
    edges.push({ candidate, place, scope, isWide, fromMinor, leastBeforeMinor });
  }
  return edges;
}

/** The tightest limit among the edges still to come; null where there is none. */
export function limitAt(
  edges: readonly Edge[],
  stage: number,
  levels: Levels,
  depth: number,
): Limit | null {
  let tightest: Limit | null = null;
  for (const edge of edges) {
    if (edge.place < stage) continue;
    const mostMinor =
      levels.baseMinor(depth, edge.scope) - edge.fromMinor - edge.leastBeforeMinor[stage]!;
    if (mostMinor >= 0 && !edge.isWide) continue;
    if (tightest === null || mostMinor < tightest.mostMinor) {
      tightest = { before: edge.candidate, mostMinor };
    }
  }
  return tightest;
}

/** What an earlier member takes off the lines of a later one at least, if both meet their bases. */
function leastSaved(problem: SearchProblem, earlier: Member, later: Member): number {
  const { candidates, keptBps, scopeOf, scopes } = problem;
  const laterScope = scopeOf[later.candidate]!;
  const scope = scopeOf[earlier.candidate]!;
  if (scope !== laterScope && !scopes[laterScope]!.isWide) return 0;
  const baseMinor = Math.max(earlier.fromMinor, scope === laterScope ? later.fromMinor : 0);
  const kept = keptBps[earlier.candidate]!;
  if (kept >= 0) return mulDivFloor(baseMinor, WHOLE_BPS - kept, WHOLE_BPS);
  const { coupon, kind } = candidates[earlier.candidate]!;
  const { rules, faceValueMinor } = coupon;
  const basisMinor = earlier.fromMinor;
  return Math.min(
    basisMinor,
    kind.ceilingMinor({ rules, faceValueMinor, basisMinor, baseMinor: basisMinor }),
  );
}
