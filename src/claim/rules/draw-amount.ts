/**
 * How much a red packet draw is worth: a function of (seed, draw number) alone, so that it can be told
 * again after any crash. All draws 1..n together are exactly the budget, each within [min, max].
 *
 * Places are worked out in pairs (k, k + ⌈n/2⌉): both start at their even share of the budget, and a
 * random amount, bounded so that neither leaves [min, max], moves from one to the other. A sum of pairs
 * that keep their sum is the budget. The odd one out keeps its even share.
 *
 * Which draw has which place is a permutation that the seed decides: who has seen what others drew cannot
 * tell whose draw is the other half of a pair (docs/adr/0014). Templates of before have none.
 */
import { createHmac } from 'node:crypto';
import type { RedPacketRule, Template } from '../../template/template.types.js';
import { permute } from './permute.js';

/** What a coupon of this template with this draw is worth; null: it is no red packet. */
export function faceValueOf(
  { rules, seed }: Pick<Template, 'rules' | 'seed'>,
  drawNo: number | null,
): number | null {
  const { redPacket, totalCount } = rules;
  if (redPacket === null || totalCount === null || drawNo === null) return null;
  return drawAmount(redPacket, totalCount, seed, drawNo);
}

/** Whether there is such a draw. A Redis that lost the numbers that came back goes on beyond the last one. */
export function isDraw({ totalCount }: Template['rules'], drawNo: number | null): boolean {
  return drawNo === null || (drawNo >= 1 && drawNo <= (totalCount ?? 0));
}

/**
 * @param drawNo 1 to totalCount
 * @returns minor units; rule.minMinor ≤ amount ≤ rule.maxMinor
 */
export function drawAmount(
  rule: RedPacketRule,
  totalCount: number,
  seed: string,
  drawNo: number,
): number {
  const place = rule.areDrawsMixed ? permute(drawNo - 1, totalCount, seed) + 1 : drawNo;
  const half = Math.ceil(totalCount / 2);
  const first = place <= half ? place : place - half;
  const second = first + half;
  const evenFirst = evenShare(rule, totalCount, first);
  if (second > totalCount) return evenFirst;
  const evenSecond = evenShare(rule, totalCount, second);
  const room = Math.min(
    rule.maxMinor - evenFirst,
    evenFirst - rule.minMinor,
    rule.maxMinor - evenSecond,
    evenSecond - rule.minMinor,
  );
  const moved = randomWithin(room, seed, first);
  return place === first ? evenFirst + moved : evenSecond - moved;
}

/** The budget in equal parts; what is left over goes one each to the first places. */
function evenShare(rule: RedPacketRule, totalCount: number, place: number): number {
  const floor = Math.floor(rule.budgetMinor / totalCount);
  return floor + (place <= rule.budgetMinor - floor * totalCount ? 1 : 0);
}

/** A whole number in [-room, room], the same for the same seed and pair. */
function randomWithin(room: number, seed: string, pair: number): number {
  const bytes = createHmac('sha256', seed).update(String(pair)).digest();
  const choices = BigInt(2 * room + 1);
  return Number(bytes.readBigUInt64BE() % choices) - room;
}
