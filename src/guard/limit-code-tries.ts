/**
 * Failed tries with codes are limited: by user, device, network and all together.
 *
 * A try takes a place in each window before anything is looked up, and has it back if the code was good; so of
 * a thousand tries at once no more get through than of a thousand in a row. One that is refused takes none,
 * so waiting always helps. A code that bears our keyed check is not held up by what all others failed with:
 * nobody guesses one, so nobody can lock the owners of codes out either.
 *
 * Where Redis cannot count, tries go on: the codes are long enough by themselves (docs/CODES.md).
 */
import { randomBytes } from 'node:crypto';
import { CLAIM_LIMIT_MAX, CODE_FAILURES_MAX, CODE_FAILURES_WINDOW_MS } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';
import type { GuardEvents } from './guard.types.js';
import { networkOf } from './rules/network-of.js';
import { pseudonym } from './rules/pseudonyms.js';
import { readCount } from './rules/read-count.js';
import { sendCounts } from './send-counts.js';

const countClaims = loadScript(import.meta.url, './lua/count-claims-n.lua');

export interface CodeTry {
  readonly userId: string;
  /** Of the customer; null: not known. */
  readonly address: string | null;
  readonly deviceId: string | null;
  /** It bears a keyed check of ours. */
  readonly isPrinted: boolean;
}

/** A try that was let in. It counts as failed until it is said to have been good. */
export interface Admitted {
  readonly refusal?: undefined;
  wasGood(): void;
}
export type Tried = Admitted | { readonly refusal: Rejection };

interface Window {
  readonly key: string;
  readonly limit: number;
}

export class LimitCodeTries {
  constructor(
    private readonly redis: RedisStore,
    /** Of the pseudonyms. */
    private readonly key: string,
    private readonly clock: Clock,
    private readonly events: GuardEvents,
  ) {}

  async begin(attempt: CodeTry): Promise<Tried> {
    const windows = this.windowsOf(attempt);
    const nowMs = this.clock.nowMs();
    const id = randomBytes(9).toString('base64url');
    const args = [id, nowMs, CODE_FAILURES_WINDOW_MS];
    const commands = windows.map(({ key, limit }) => ({
      script: countClaims,
      key,
      args: [...args, limit, 0, CLAIM_LIMIT_MAX],
    }));
    const admitted = { wasGood: () => this.giveBack(windows, id) };
    try {
      const replies = await sendCounts(this.redis, commands);
      const freeAtMs = Math.max(0, ...replies.map(fullUntil));
      for (const reply of replies)
        if (reply.status === 'rejected') this.events.skipped('CODE', reply.reason);
      if (freeAtMs === 0) return admitted;
      this.giveBack(windows, id);
      this.events.refused('CODE', 'RATE_LIMITED', '', nowMs);
      return { refusal: rejection('RATE_LIMITED', { retryAfterMs: freeAtMs }) };
    } catch (error) {
      this.events.skipped('CODE', error);
      return admitted;
    }
  }

  private windowsOf({ userId, address, deviceId, isPrinted }: CodeTry): Window[] {
    const { perUser, perDevice, perNetwork, together } = CODE_FAILURES_MAX;
    const network = networkOf(address);
    const named = (kind: string, text: string, limit: number) => ({
      key: redisKeys.codeFailures(pseudonym(this.key, kind, text)),
      limit,
    });
    return [
      named('user', userId, perUser),
      ...(deviceId === null ? [] : [named('device', deviceId, perDevice)]),
      ...(network === null ? [] : [named('network', network, perNetwork)]),
      ...(isPrinted ? [] : [{ key: redisKeys.codeFailures('all'), limit: together }]),
    ];
  }

  /** Nobody waits for it: a place that is not given back goes with its window. */
  private giveBack(windows: readonly Window[], id: string): void {
    const commands = windows.map(({ key }) => ({ verb: 'zrem', key, args: [id] }));
    void sendCounts(this.redis, commands).catch(() => undefined);
  }
}

/** 0: there was a place. */
function fullUntil(reply: PromiseSettledResult<unknown>): number {
  if (reply.status === 'rejected') return 0;
  const { isFull, freeAtMs } = readCount(reply.value);
  return isFull ? freeAtMs : 0;
}
