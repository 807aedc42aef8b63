/**
 * The one door to Redis. Redis is a filter and a shortcut here, never the record, so every failure is
 * one kind: RedisUnavailable, and the caller goes on without it.
 *
 * A command that was sent is never sent again by the client (a resend could run a script twice) and has
 * a deadline. After a failure the door stays shut for a moment, so that a broken link does not flap.
 */
import { Redis } from 'ioredis';
import { REDIS_BACKOFF_MS, REDIS_COMMAND_DEADLINE_MS } from '../config/limits.js';
import type { RedisScript } from './redis-script.js';

export class RedisUnavailable extends Error {
  constructor(
    cause: unknown,
    /** false: it was not even asked. true: it may have done what it was asked. */
    readonly mayBeDone: boolean,
  ) {
    super('Redis did not answer', { cause });
    this.name = 'RedisUnavailable';
  }
}

/** Redis answered, and what it holds there is not what we put: a key of another type. Build it again. */
export class RedisDamaged extends RedisUnavailable {}

export class RedisStore {
  private shutUntilMs = 0;

  constructor(readonly client: Redis) {
    client.on('error', () => undefined); // every command reports its own failure
  }

  /** Whether it is worth asking: not within the pause after a failure. */
  isOpen(): boolean {
    return performance.now() >= this.shutUntilMs;
  }

  /** Runs a command. @throws RedisUnavailable for every failure. */
  async ask<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.isOpen()) throw new RedisUnavailable('pausing after a failure', false);
    try {
      return await command(this.client);
    } catch (error) {
      if (String(error).includes('WRONGTYPE')) throw new RedisDamaged(error, true);
      this.shutUntilMs = performance.now() + REDIS_BACKOFF_MS;
      throw new RedisUnavailable(error, true);
    }
  }

  /** Runs a script: one round trip, whole text only where the server does not know it yet. */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.ask(async (client) => {
      try {
        return await client.evalsha(script.sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!String(error).includes('NOSCRIPT')) throw error;
        return await client.eval(script.lua, keys.length, ...keys, ...args);
      }
    });
  }

  close(): void {
    this.client.disconnect();
  }
}

/** Connects to `url` (redis://:password@host:port/0); commands fail at once while there is no link. */
export function connectRedis(url: string): RedisStore {
  return new RedisStore(
    new Redis(url, {
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: true,
      commandTimeout: REDIS_COMMAND_DEADLINE_MS,
      connectTimeout: 1_000,
      retryStrategy: (tries) =>
        Math.min(50 * 2 ** Math.min(tries, 5), 1_000) * (0.5 + Math.random() / 2),
    }),
  );
}
