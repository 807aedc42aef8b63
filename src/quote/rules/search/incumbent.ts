/**
 * The best combination found so far, and whether another may still be better: the order of
 * `better-combination.ts` on ranks instead of dates and ids.
 */
export class Incumbent {
  discountMinor = 0;
  /** Of its coupons, ascending. */
  endRanks: readonly number[] = [];
  /** Of its coupons, ascending; they say which coupons it has. */
  idRanks: readonly number[] = [];

  get count(): number {
    return this.idRanks.length;
  }

  /** Takes the combination over if it is better. Ranks need not be sorted. */
  offer(discountMinor: number, endRanks: readonly number[], idRanks: readonly number[]): void {
    if (discountMinor < this.discountMinor) return;
    if (discountMinor === this.discountMinor && idRanks.length > this.count) return;
    const ends = [...endRanks].sort(ascending);
    const ids = [...idRanks].sort(ascending);
    if (discountMinor === this.discountMinor && ids.length === this.count) {
      if (!this.losesTie(ends, ids)) return;
    }
    this.discountMinor = discountMinor;
    this.endRanks = ends;
    this.idRanks = ids;
  }

  /** Whether these ranks (ascending, as many as its own) would win the tie of equal total and count. */
  private losesTie(ends: readonly number[], ids: readonly number[]): boolean {
    return (compareRanks(ends, this.endRanks) || compareRanks(ids, this.idRanks)) < 0;
  }
}

export function ascending(a: number, b: number): number {
  return a - b;
}

/** The first difference decides; negative where `a` comes first. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
