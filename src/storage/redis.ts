/**
 * The one door to Redis. Redis is a filter and a shortcut here, never the record, so every failure is
 * one kind: RedisUnavailable, and the caller goes on without it.
 *
 * A command that was sent is never sent again by the client (a resend could run a script twice) and has
 * a deadline. After a failure the door stays shut for a moment, so that a broken link does not flap: for
 * the keys of the node that failed. Of a cluster the other masters are asked as before.
 */
import { Redis } from 'ioredis';
import {
  REDIS_BACKOFF_MS,
  REDIS_COMMAND_DEADLINE_MS,
  REDIS_CONNECT_DEADLINE_MS,
} from '../config/limits.js';
import { readRedisAddress } from './redis-address.js';
import { connectCluster, isRefusedByCluster } from './redis-cluster.js';
import { routeOf, type RedisClient, type Route } from './redis-routes.js';
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

/** What became of a command: answered, failed, or not sent while a node is left alone. */
export type RedisOutcome = 'answered' | 'failed' | 'not_sent';
export type RedisObserver = (outcome: RedisOutcome, tookMs: number) => void;

export class RedisStore {
  private readonly route: Route;
  /** Nodes and hash slots that are left alone, each until when; no more than a cluster has. */
  private readonly shutUntilMs = new Map<string, number>();
  private observer: RedisObserver = () => undefined;

  constructor(readonly client: RedisClient) {
    client.on('error', () => undefined); // every command reports its own failure
    this.route = routeOf(client);
  }

  /** Sees every command that goes by `ask` and `run`: for metrics. */
  observe(observer: RedisObserver): void {
    this.observer = observer;
  }

  /**
   * Runs a command on `key`; one key a call, because every key may live on another node.
   * @throws RedisUnavailable for every failure
   */
  async ask<T>(key: string, command: (client: RedisClient) => Promise<T>): Promise<T> {
    const { hashSlot, node } = this.route.placeOf(key);
    if (this.isShut(node) || this.isShut(hashSlot)) {
      this.observer('not_sent', 0);
      throw new RedisUnavailable('pausing after a failure', false);
    }
    if (!(await this.route.isReady())) throw new RedisUnavailable('no node answers', false);
    const beganMs = performance.now();
    try {
      const answer = await command(this.client);
      this.observer('answered', performance.now() - beganMs);
      return answer;
    } catch (error) {
      this.observer('failed', performance.now() - beganMs);
      if (String(error).includes('WRONGTYPE')) throw new RedisDamaged(error, true);
      // A hash slot on its way from node to node says nothing of the others of either.
      const isRefused = isRefusedByCluster(error);
      const isMoving = isRefused || this.route.placeOf(key).node !== node;
      this.shutUntilMs.set(isMoving ? hashSlot : node, performance.now() + REDIS_BACKOFF_MS);
      throw new RedisUnavailable(error, !isRefused);
    }
  }

  /** Runs a script: one round trip, whole text only where the server does not know it yet. */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.ask(keys[0]!, async (client) => {
      try {
        return await client.evalsha(script.sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!String(error).includes('NOSCRIPT')) throw error;
        return await client.eval(script.lua, keys.length, ...keys, ...args);
      }
    });
  }

  get isCluster(): boolean {
    return this.route.isCluster;
  }

  /** The nodes that are written to; empty where no node of a cluster answers. */
  async masters(): Promise<readonly Redis[]> {
    return (await this.route.isReady()) ? this.route.masters() : [];
  }

  close(): void {
    this.client.disconnect();
  }

  private isShut(place: string): boolean {
    const untilMs = this.shutUntilMs.get(place);
    if (untilMs === undefined) return false;
    if (performance.now() < untilMs) return true;
    this.shutUntilMs.delete(place);
    return false;
  }
}

/** Connects to what `url` names, see RedisAddress; commands fail at once while there is no link. */
export function connectRedis(url: string): RedisStore {
  const address = readRedisAddress(url);
  return new RedisStore(
    address.isCluster ? connectCluster(address, reconnectDelayMs) : connectServer(url),
  );
}

function connectServer(url: string): Redis {
  return new Redis(url, {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    commandTimeout: REDIS_COMMAND_DEADLINE_MS,
    connectTimeout: REDIS_CONNECT_DEADLINE_MS,
    retryStrategy: reconnectDelayMs,
  });
}

function reconnectDelayMs(tries: number): number {
  return Math.min(50 * 2 ** Math.min(tries, 5), 1_000) * (0.5 + Math.random() / 2);
}
