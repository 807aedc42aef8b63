/**
 * What is asked of every Redis server once, at the start: whether it may throw keys away, and whether it
 * is what its address says. A Redis that evicts forgets who has what while it is believed, and loses
 * reservations with their stock, so production does not start on it.
 *
 * Keys that claims depend on have no time to live, so `volatile-*` spares them.
 */
import type { Redis } from 'ioredis';
import type { RedisStore } from './redis.js';

export interface RedisFinding {
  /** unfit: claims would go wrong. unknown: it could not be asked. */
  readonly kind: 'unfit' | 'unknown';
  readonly message: string;
}

/** What is wrong or could not be found out; empty: all is well. Never throws. */
export async function checkRedis(redis: RedisStore): Promise<RedisFinding[]> {
  const masters = await redis.masters();
  if (masters.length === 0) return [unknown('no node of the cluster answers')];
  const findings = await Promise.all(
    masters.flatMap((master) => [
      checkEviction(master),
      ...(redis.isCluster ? [] : [checkAlone(master)]),
    ]),
  );
  return findings.filter((finding) => finding !== undefined);
}

async function checkEviction(master: Redis): Promise<RedisFinding | undefined> {
  const { host, port } = master.options;
  try {
    const [, policy = ''] = await master.config('GET', 'maxmemory-policy');
    if (policy === 'noeviction' || policy.startsWith('volatile-')) return undefined;
    return {
      kind: 'unfit',
      message: `Redis ${host}:${port} may evict keys (maxmemory-policy ${policy}); set noeviction`,
    };
  } catch (error) {
    // Managed servers forbid CONFIG; one that is gone now may come back as anything.
    return unknown(
      `maxmemory-policy of Redis ${host}:${port} could not be read (${String(error)}); it must be noeviction`,
    );
  }
}

/** A node of a cluster refuses the keys of the others, and every claim would go over MySQL. */
async function checkAlone(server: Redis): Promise<RedisFinding | undefined> {
  try {
    if (!(await server.info('cluster')).includes('cluster_enabled:1')) return undefined;
    return {
      kind: 'unfit',
      message: 'Redis is a node of a cluster; say so with ?cluster=true in REDIS_URL',
    };
  } catch {
    return undefined; // gone or forbidden, as checkEviction has told
  }
}

function unknown(message: string): RedisFinding {
  return { kind: 'unknown', message };
}
