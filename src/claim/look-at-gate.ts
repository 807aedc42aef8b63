/** What Redis says of a template's gates: for warming, reconciling, verifying and refilling. Changes nothing. */
import { LOAN_LOST_AFTER_S } from '../config/limits.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';
import type { GateTag, GateView } from './claim.types.js';

const lookAt = loadScript(import.meta.url, './lua/look-at-gate-2.lua');

type Reply = [
  epoch: string,
  life: string,
  stock: string,
  seq: string,
  pending: number,
  moves: string,
  lent: string,
  lost: string,
];

/** @returns undefined: there is none @throws RedisUnavailable */
export async function lookAtGate(redis: RedisStore, tag: GateTag): Promise<GateView | undefined> {
  const keys = [redisKeys.gate(tag), redisKeys.journal(tag)];
  const reply = (await redis.run(lookAt, keys, [LOAN_LOST_AFTER_S])) as Reply | [];
  if (reply.length === 0) return undefined;
  const [epoch, life, stock, seq, pending, moves, lent, lost] = reply;
  return {
    epoch: Number(epoch),
    isOfThisLife: life === '1',
    stock: stock === '' ? null : Number(stock),
    seq: Number(seq),
    pending,
    moves: Number(moves),
    lent: Number(lent),
    isLoanLost: lost === '1',
  };
}

/** One after the other or at once, as the nodes answer: not at one moment. @throws RedisUnavailable */
export function lookAtGates(
  redis: RedisStore,
  tags: readonly GateTag[],
): Promise<(GateView | undefined)[]> {
  return Promise.all(tags.map((tag) => lookAtGate(redis, tag)));
}
