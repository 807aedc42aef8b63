/**
 * "Sold out" must not be answered while there surely was room: a bounded counter, checked against the
 * most that can have been taken at the time.
 *
 * A coupon that exists is taken from its first request on. A request that made no coupon may have held
 * one for a while: as long as it ran, or, where nobody knows how it ended, from then on. If all of these
 * together are fewer than the total, nobody can have been told the truth. Adds commute, so one pass over
 * the times is enough, and what cannot be proved is not told.
 */
import { mayHaveMade, tookNothing } from './answers.js';
import type { Attempt, FinalRecord, Finding } from './history.types.js';

/** @param isDisturbed see CheckOptions: then who is refused may have held a unit while the request ran */
export function checkSoldOut(
  attempts: readonly Attempt[],
  record: FinalRecord,
  isDisturbed: boolean,
): Finding[] {
  const byTemplate = Map.groupBy(attempts, (attempt) => attempt.templateId);
  return record.templates.flatMap(({ templateId, total }) =>
    total === null
      ? []
      : checkTemplate(byTemplate.get(templateId) ?? [], { total, isDisturbed }, record),
  );
}

function checkTemplate(
  attempts: readonly Attempt[],
  { total, isDisturbed }: { readonly total: number; readonly isDisturbed: boolean },
  { coupons }: FinalRecord,
): Finding[] {
  const issued = new Set(coupons.map(({ userId, key }) => JSON.stringify([userId, key ?? ''])));
  const firstOf = new Map<string, number>();
  const lasting: number[] = [];
  const passing: { readonly fromMs: number; readonly untilMs: number }[] = [];
  for (const attempt of attempts) {
    const key = JSON.stringify([attempt.user, attempt.key]);
    if (issued.has(key))
      firstOf.set(key, Math.min(attempt.invokedMs, firstOf.get(key) ?? Infinity));
    // Several requests of one key hold one unit each where a rebuild lies between them.
    else if (mayHaveMade(attempt.answer)) lasting.push(attempt.invokedMs);
    else if (isDisturbed || !tookNothing(attempt.answer))
      passing.push({ fromMs: attempt.invokedMs, untilMs: attempt.returnedMs });
  }
  lasting.push(...firstOf.values());
  lasting.sort((a, b) => a - b);
  return attempts.filter(isSoldOut).flatMap((attempt): Finding[] => {
    const most =
      countUpTo(lasting, attempt.returnedMs) +
      passing.filter(
        ({ fromMs, untilMs }) => fromMs <= attempt.returnedMs && untilMs >= attempt.invokedMs,
      ).length -
      // Not by the one that is told so.
      (isDisturbed ? 1 : 0);
    if (most >= total) return [];
    const what = `${attempt.user} ${attempt.key} at ${Math.round(attempt.invokedMs)} ms: at most ${most} of ${total} can have been taken`;
    return [{ lie: 'sold out with room left', what }];
  });
}

const isSoldOut = ({ answer }: Attempt) => answer.kind === 'REFUSED' && answer.code === 'SOLD_OUT';

function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
