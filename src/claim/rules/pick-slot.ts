/** The lowest slot a user has free; undefined: as many coupons as the limit allows. */
export function pickSlot(taken: readonly number[], perUserLimit: number): number | undefined {
  for (let slot = 1; slot <= perUserLimit; slot += 1) {
    if (!taken.includes(slot)) return slot;
  }
  return undefined;
}

/** The lowest draw number nobody has; undefined: all are drawn. */
export function pickDraw(taken: ReadonlySet<number>, totalCount: number): number | undefined {
  for (let draw = 1; draw <= totalCount; draw += 1) {
    if (!taken.has(draw)) return draw;
  }
  return undefined;
}
