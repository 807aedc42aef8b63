/** How reads that replicas may answer are answered. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Replicas, ReplicasObserver } from '../storage/replicas.js';

export function replicaMetrics(registry: Registry) {
  const reads = new Counter({
    name: 'coupons_replica_reads_total',
    help: 'Reads that a replica may answer: served by one; behind, failed or none (all are left alone): the primary answered.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  let watched: Pick<Replicas, 'state'> = { state: { configured: 0, usable: 0 } };
  const replicas = new Gauge({
    name: 'coupons_replicas',
    help: 'Replicas that this process uses, and that it leaves alone.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { configured, usable } = watched.state;
      this.set({ state: 'usable' }, usable);
      this.set({ state: 'left_alone' }, configured - usable);
    },
  });
  return {
    replicas,
    onReplicaRead: ((outcome) => reads.inc({ outcome })) as ReplicasObserver['read'],
    watchReplicas: (all: Pick<Replicas, 'state'>): void => {
      watched = all;
    },
  };
}
