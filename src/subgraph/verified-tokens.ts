/**
 * Tokens that were found good a moment ago. A signature costs more than all the rest of a refused claim.
 *
 * Promise: a token is believed for TOKEN_KEPT_MS at most and never past its own end, so a key that the
 * identity provider took back is gone within that time. Bad tokens are not remembered. The token itself is
 * not kept, only its hash.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TOKEN_KEPT_MS, TOKENS_KEPT_MAX } from '../config/limits.js';
import type { Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';

/** Who a good token says the caller is. */
export interface Identity extends Pick<Caller, 'userId' | 'scopes' | 'level'> {
  /** When the token is no longer good, epoch milliseconds. */
  readonly expiresAtMs: number;
}

interface Kept {
  readonly identity: Identity;
  /** From when until when, by the clock: one that was set back must not make it longer. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export class VerifiedTokens {
  private readonly kept = new LRUCache<string, Kept>({ max: TOKENS_KEPT_MAX });

  constructor(
    private readonly verify: (token: string) => Promise<Identity>,
    private readonly clock: Clock,
  ) {}

  /** At once where it is known: most are. @throws what `verify` throws, as a rejection */
  identityOf(token: string): Identity | Promise<Identity> {
    const key = hash('sha256', token, 'base64');
    const known = this.kept.get(key);
    const nowMs = this.clock.nowMs();
    const isGood = known !== undefined && known.fromMs <= nowMs && nowMs < known.untilMs;
    return isGood ? known.identity : this.find(token, key);
  }

  private async find(token: string, key: string): Promise<Identity> {
    const identity = await this.verify(token);
    const fromMs = this.clock.nowMs();
    const untilMs = Math.min(fromMs + TOKEN_KEPT_MS, identity.expiresAtMs);
    this.kept.set(key, { identity, fromMs, untilMs });
    return identity;
  }
}
