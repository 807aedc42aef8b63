/** Who answers what shows and does not decide: the replicas, where there are some, else the primary. */
import type { Logger } from 'pino';
import type { Database, Reader } from './storage/database.js';
import { Replicas } from './storage/replicas.js';
import type { Metrics } from './subgraph/metrics.js';

export interface ReadPath {
  readonly reader: Reader;
  /** undefined: there are no replicas. */
  readonly replicaState: (() => Replicas['state']) | undefined;
}

export function openReadPath(
  primary: Database,
  databases: readonly Database[],
  metrics: Metrics,
  log: Logger,
): ReadPath {
  if (databases.length === 0) return { reader: primary, replicaState: undefined };
  for (const database of databases)
    database.observe((_sql, _values, tookMs) =>
      metrics.statements.observe({ kind: 'REPLICA' }, tookMs / 1_000),
    );
  const replicas = new Replicas(primary, databases, {
    read: metrics.onReplicaRead,
    changed: (replica, isUsable, err) => {
      if (isUsable) log.info({ replica }, 'a replica serves again');
      else log.warn({ replica, err }, 'a replica is left alone; the primary answers its reads');
    },
  });
  metrics.watchReplicas(replicas);
  return { reader: replicas, replicaState: () => replicas.state };
}
