/**
 * Who serves a key. One server serves all of them; in a cluster a key has a hash slot, and that a master,
 * so that the failure of one master can be kept from the keys of the others.
 */
import { Cluster, Command, type Redis } from 'ioredis';
import { REDIS_CONNECT_DEADLINE_MS } from '../config/limits.js';

export type RedisClient = Redis | Cluster;

export interface Place {
  /** The part of Redis that moves from node to node as one. */
  readonly hashSlot: string;
  /** The node that serves it, as far as this process knows. */
  readonly node: string;
}

export interface Route {
  /** Whether there is anybody to ask. Waits for the first connection of a cluster, one deadline at most. */
  isReady(): boolean | Promise<boolean>;
  placeOf(key: string): Place;
  readonly isCluster: boolean;
  masters(): readonly Redis[];
}

export function routeOf(client: RedisClient): Route {
  return client instanceof Cluster ? new ClusterRoute(client) : new ServerRoute(client);
}

const THE_SERVER: Place = { hashSlot: 'all', node: 'the server' };

class ServerRoute implements Route {
  readonly isCluster = false;

  constructor(private readonly server: Redis) {}

  isReady(): boolean {
    return true;
  }

  placeOf(): Place {
    return THE_SERVER;
  }

  masters(): readonly Redis[] {
    return [this.server];
  }
}

class ClusterRoute implements Route {
  readonly isCluster = true;
  private readonly started: Promise<unknown>;

  constructor(private readonly cluster: Cluster) {
    this.started = new Promise((resolve) => {
      cluster.once('ready', () => resolve(undefined));
      setTimeout(resolve, REDIS_CONNECT_DEADLINE_MS).unref();
    });
  }

  isReady(): boolean | Promise<boolean> {
    if (this.cluster.status === 'ready') return true;
    return this.started.then(() => this.cluster.status === 'ready');
  }

  placeOf(key: string): Place {
    const number = new Command('get', [key]).getSlot();
    const node = this.cluster.slots[number]?.[0] ?? 'nobody';
    return { hashSlot: `hash slot ${number}`, node };
  }

  masters(): readonly Redis[] {
    return this.cluster.nodes('master');
  }
}
