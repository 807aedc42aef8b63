/** What Redis says of a template's gate: for warming, reconciling and verifying. Changes nothing. */
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';

const lookAt = loadScript(import.meta.url, './lua/look-at-gate-2.lua');

export interface GateView {
  readonly epoch: number;
  /** It was opened in this life of the server: a restart may have brought it back from the past. */
  readonly isOfThisLife: boolean;
  /** null: unlimited. */
  readonly stock: number | null;
  /** The number of the last reservation. */
  readonly seq: number;
  /** Reservations that are not yet settled. */
  readonly pending: number;
}

/** @returns undefined: there is none @throws RedisUnavailable */
export async function lookAtGate(
  redis: RedisStore,
  templateId: string,
): Promise<GateView | undefined> {
  const keys = [redisKeys.gate(templateId), redisKeys.journal(templateId)];
  const reply = (await redis.run(lookAt, keys, [])) as
    [string, string, string, string, number] | [];
  const [epoch, life, stock, seq, pending] = reply;
  if (epoch === undefined) return undefined;
  return {
    epoch: Number(epoch),
    isOfThisLife: life === '1',
    stock: stock === '' ? null : Number(stock),
    seq: Number(seq),
    pending: pending!,
  };
}
