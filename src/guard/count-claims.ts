/**
 * Everything Redis counts of a claim, in one round trip for all claims that came while the last was on its
 * way: the limits of network and device, what was seen lately, and whether a token was spent before.
 *
 * Each script and command touches one key, so a cluster can hold them anywhere; there each goes by itself and
 * at once, and what a master that is gone has is left out: who names a device of its is counted by network as ever.
 * They are decided one by one: where one limit lets a claim in and another does not, the caller gives the
 * first back.
 */
import {
  CLAIM_LIMIT_MAX,
  DEVICE_WINDOW_MS,
  GUARD_BATCH_MAX,
  NETWORK_WINDOW_MS,
  SEEN_MAX,
  SEEN_WINDOW_MS,
} from '../config/limits.js';
import { Batches } from '../kernel/batches.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';
import type { ClaimLimits, Counted, Pseudonyms, Signals } from './guard.types.js';
import type { Rates } from './rules/judge-rates.js';
import { readCount } from './rules/read-count.js';
import { sendCounts, type Command } from './send-counts.js';

const countClaims = loadScript(import.meta.url, './lua/count-claims-n.lua');
const noteSeen = loadScript(import.meta.url, './lua/note-seen-n.lua');

export interface CountQuestion {
  readonly templateId: string;
  readonly names: Pseudonyms;
  readonly limits: ClaimLimits;
  readonly nowMs: number;
  /** Whether somebody will ask for a score. */
  readonly wantsSignals: boolean;
  /** A token that holds, to be spent on this claim: its pseudonym and how long it must be remembered. */
  readonly token: { readonly name: string; readonly ttlMs: number } | null;
}

export interface CountAnswer {
  readonly rates: Rates;
  /** null: not wanted. */
  readonly signals: Signals | null;
  /** The token was spent on another claim before. */
  readonly isTokenSpent: boolean;
  /** Why some of it was not counted. */
  readonly failure?: unknown;
}

/** A question with what is asked of Redis for it. */
interface Asked {
  readonly question: CountQuestion;
  readonly commands: readonly Command[];
}

export class CountClaims {
  private readonly batches = new Batches<Asked, CountAnswer>(
    async (batch) => (await this.countAll(batch)).map((value) => ({ status: 'fulfilled', value })),
    GUARD_BATCH_MAX,
  );

  constructor(private readonly redis: RedisStore) {}

  /** @throws RedisUnavailable: nothing is known; it may or may not be counted */
  async count(question: CountQuestion): Promise<CountAnswer> {
    const commands = commandsOf(question);
    if (commands.length === 0) return answerOf(question, []);
    const asked = { question, commands };
    // Nothing goes together there, so nobody waits for a master that only others need.
    if (this.redis.isCluster) return (await this.countAll([asked]))[0]!;
    return this.batches.add(asked);
  }

  /** The claim was refused after all: its places are free again. Nobody waits for it. */
  giveBack({ names, templateId }: CountQuestion, { rates }: CountAnswer): void {
    const { network, device, claim } = names;
    const keys = [
      ...(rates.network && network ? [redisKeys.networkClaims(network, templateId)] : []),
      ...(rates.device && device ? [redisKeys.deviceClaims(device)] : []),
    ];
    for (const key of keys)
      void this.redis.ask(key, (client) => client.zrem(key, claim)).catch(() => undefined);
  }

  private async countAll(batch: readonly Asked[]): Promise<CountAnswer[]> {
    const replies = await sendCounts(
      this.redis,
      batch.flatMap(({ commands }) => commands),
    );
    let from = 0;
    return batch.map(({ question, commands }) => {
      const own = replies.slice(from, (from += commands.length));
      const failed = own.find((reply) => reply.status === 'rejected');
      const values = own.map((reply) => (reply.status === 'fulfilled' ? reply.value : undefined));
      const answer = answerOf(question, values);
      return failed === undefined ? answer : { ...answer, failure: failed.reason };
    });
  }
}

/** What is asked of Redis, in the order in which answerOf reads the replies. */
function commandsOf(question: CountQuestion): Command[] {
  const { templateId, names, limits, nowMs, wantsSignals, token } = question;
  const { network, device, claim, user } = names;
  const isBeyond = token === null ? 0 : 1;
  const count = (key: string, windowMs: number, limit: number): Command => ({
    script: countClaims,
    key,
    args: [claim, nowMs, windowMs, limit, isBeyond, CLAIM_LIMIT_MAX],
  });
  const note = (key: string, what: string, windowMs: number): Command => ({
    script: noteSeen,
    key,
    args: [what, nowMs, windowMs, SEEN_MAX],
  });
  const commands: Command[] = [];
  if (isLimited(network, limits.perNetworkPerHour)) {
    const key = redisKeys.networkClaims(network, templateId);
    commands.push(count(key, NETWORK_WINDOW_MS, limits.perNetworkPerHour));
  }
  if (isLimited(device, limits.perDevicePerDay))
    commands.push(count(redisKeys.deviceClaims(device), DEVICE_WINDOW_MS, limits.perDevicePerDay));
  if (wantsSignals) {
    commands.push(note(redisKeys.userSeen(user!), claim, SEEN_WINDOW_MS));
    if (network !== null)
      commands.push(note(redisKeys.networkSeen(network), claim, SEEN_WINDOW_MS));
    if (device !== null) {
      commands.push(note(redisKeys.deviceSeen(device), claim, SEEN_WINDOW_MS));
      commands.push(note(redisKeys.deviceUsers(device), user!, DEVICE_WINDOW_MS));
    }
  }
  if (token !== null)
    commands.push({
      verb: 'set',
      key: redisKeys.spentToken(token.name),
      args: [claim, 'PX', token.ttlMs, 'NX', 'GET'],
    });
  return commands;
}

function isLimited(name: string | null, limit: number): name is string {
  return name !== null && limit > 0;
}

/** @param replies undefined: not counted */
function answerOf(question: CountQuestion, replies: readonly unknown[]): CountAnswer {
  const { names, limits, wantsSignals, token } = question;
  const left = [...replies];
  const network = isLimited(names.network, limits.perNetworkPerHour) ? left.shift() : undefined;
  const device = isLimited(names.device, limits.perDevicePerDay) ? left.shift() : undefined;
  const seen = (isKnown: boolean) => (isKnown ? Number(left.shift() ?? 0) : 0);
  const signals = wantsSignals
    ? {
        userClaims: seen(true),
        networkClaims: seen(names.network !== null),
        deviceClaims: seen(names.device !== null),
        deviceUsers: seen(names.device !== null),
      }
    : null;
  const spentOn = token === null ? null : left.shift();
  const isTokenSpent = typeof spentOn === 'string' && spentOn !== names.claim;
  return {
    rates: { network: countedOf(network, isTokenSpent), device: countedOf(device, isTokenSpent) },
    signals,
    isTokenSpent,
  };
}

/** A claim that came in beyond the limit by a token that was spent elsewhere has not come in. */
function countedOf(reply: unknown, isTokenSpent: boolean): Counted | undefined {
  if (reply === undefined) return undefined;
  const { isFull, isBeyond, freeAtMs } = readCount(reply);
  if (reply === 0) return { state: 'AGAIN', freeAtMs };
  return { state: isFull || (isBeyond && isTokenSpent) ? 'FULL' : 'LET_IN', freeAtMs };
}
