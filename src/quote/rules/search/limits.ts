/** How a search spends itself. The answer does not depend on these unless it is BOUNDED. */
export interface SearchLimits {
  /** Work of one quote, in visits of a line, an atom or a candidate. */
  readonly maxWork: number;
  /** With so few candidates in a pool none is decided before the others. */
  readonly fewCandidates: number;
  /** So many patterns of decided coupons at most. */
  readonly maxPatterns: number;
}

export const SEARCH_LIMITS: SearchLimits = {
  /**
   * Some 10 ms of CPU, 15 at most, so that with everything around it no quote keeps the event loop for more
   * than 25 ms.
   */
  maxWork: 2_000_000,
  /** At most 4,096 sets: faster searched than weighed. */
  fewCandidates: 12,
  /** Measured from 4 to 2^30: more patterns cost more than their sharper bounds save. */
  maxPatterns: 32,
};
