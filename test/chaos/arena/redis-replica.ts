/** A replica of the arena's Redis, that can stand still while the master goes on, and be promoted then. */
import { Redis } from 'ioredis';
import { until } from '../client/health.js';
import type { Arena } from './arena.js';

export interface Replica {
  readonly url: string;
  /** Resolves when it has everything that the master has now. */
  inStep(): Promise<void>;
  /** It hears no more of its master. */
  freeze(): void;
  /** It goes on as a master, with what it had. */
  promote(): Promise<void>;
  end(): Promise<void>;
}

export async function startReplica(arena: Arena): Promise<Replica> {
  const { server, url } = await arena.startSpare();
  const client = new Redis(url).on('error', () => undefined);
  const master = new URL(arena.redisUrl());
  await client.config('SET', 'masterauth', master.password);
  await client.replicaof(master.hostname, Number(master.port));
  const isLinked = async () =>
    /master_link_status:up[\s\S]*master_sync_in_progress:0/.test(await client.info('replication'));
  return {
    url,
    inStep: () => until(isLinked, 'the replica is in step'),
    freeze: () => server.freeze(),
    promote: async () => {
      server.thaw();
      await client.replicaof('NO', 'ONE');
    },
    end: async () => {
      client.disconnect();
      server.thaw();
      await server.stop();
    },
  };
}
