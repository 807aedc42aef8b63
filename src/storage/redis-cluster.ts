/**
 * The client of a Redis Cluster, held to the same discipline as that of one server: no script runs twice,
 * none waits without a deadline, and none is kept back to be run later.
 *
 * What ioredis would do by itself (its cluster/index.js), and what it is told instead:
 *   MOVED, ASK, TRYAGAIN  a node did not run it: followed, REDIS_REDIRECTIONS_MAX times at most
 *   CLUSTERDOWN           would wait and ask any node: told at once
 *   a link that closes    would send again what may have run: told at once
 *   no node is left       would queue without an end: nothing is asked until a node is back
 * A node that ended is not called again by itself; the next command asks another one, whose MOVED names
 * the one that serves the key now.
 */
import { Cluster, type Redis } from 'ioredis';
import {
  REDIS_CLUSTER_REFRESH_MS,
  REDIS_COMMAND_DEADLINE_MS,
  REDIS_CONNECT_DEADLINE_MS,
  REDIS_REDIRECTIONS_MAX,
} from '../config/limits.js';
import type { RedisAddress } from './redis-address.js';

export function connectCluster(
  { nodes, username, password, isEncrypted }: RedisAddress,
  reconnectDelayMs: (tries: number) => number,
): Cluster {
  const cluster = new Cluster([...nodes], {
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: REDIS_REDIRECTIONS_MAX,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 20,
    slotsRefreshTimeout: REDIS_COMMAND_DEADLINE_MS,
    slotsRefreshInterval: REDIS_CLUSTER_REFRESH_MS,
    // Names are looked up at each connection, and a certificate is held against the name.
    dnsLookup: (host, callback) => callback(null, host),
    redisOptions: {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isEncrypted ? { tls: {} } : {}),
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      commandTimeout: REDIS_COMMAND_DEADLINE_MS,
      connectTimeout: REDIS_CONNECT_DEADLINE_MS,
    },
  });
  return cluster.on('+node', forgiveAsking);
}

/**
 * ioredis sends ASKING before a command that follows an ASK, and looks at the command's reply alone: an
 * ASKING that fails with its link would be an unhandled rejection, which ends the process.
 */
function forgiveAsking(node: Redis): void {
  const asking = node.asking.bind(node);
  node.asking = (...args) => {
    const asked = asking(...args);
    asked.catch(() => undefined);
    return asked;
  };
}

/** A node said that it did not run the command; whatever else fails may have been run. */
export function isRefusedByCluster(error: unknown): boolean {
  return /^(Too many Cluster redirections\. Last error: ReplyError: )?(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /.test(
    error instanceof Error ? error.message : '',
  );
}
