/** How the process and what it leans on are: operations, Redis, connections, commits, and what is built. */
import { readFileSync } from 'node:fs';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { COMMIT_BATCH_MAX } from '../config/limits.js';
import type { RedisObserver } from '../storage/redis.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8];

/** What a process has at hand to look at. */
export interface WatchedProcess {
  readonly connections: () => { readonly busy: number; readonly waiting: number };
  /** Reservations that wait for a transaction. */
  readonly commitQueue: () => number;
  readonly journalLength: () => number;
}

export function processMetrics(registry: Registry) {
  buildInfo(registry);
  const redis = new Histogram({
    name: 'coupons_redis_command_seconds',
    help: 'Time of one command of Redis: answered, failed, or not_sent while a node is left alone.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  const batches = new Histogram({
    name: 'coupons_commit_batch_size',
    help: 'Reservations committed in one transaction.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, COMMIT_BATCH_MAX],
    registers: [registry],
  });
  const operations = new Histogram({
    name: 'coupons_operation_seconds',
    help: 'Time of a GraphQL request by the field of Query or Mutation that it asks: ok, or error with an entry in errors.',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    operations,
    onRedis: ((outcome, tookMs) => redis.observe({ outcome }, tookMs / 1_000)) as RedisObserver,
    onBatch: (size: number): void => batches.observe(size),
    watchProcess: (watched: WatchedProcess): void => watch(registry, watched),
  };
}

/** Read at a scrape: numbers that the process has anyway. */
function watch(registry: Registry, watched: WatchedProcess): void {
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  gauge(
    'coupons_database_connections',
    'Connections to MySQL in use.',
    () => watched.connections().busy,
  );
  gauge(
    'coupons_database_waiting',
    'Callers that wait for a connection to MySQL.',
    () => watched.connections().waiting,
  );
  gauge(
    'coupons_commit_queue',
    'Reservations of this process that wait for a transaction.',
    watched.commitQueue,
  );
  gauge(
    'coupons_journal_length',
    'Reservations in the journals of all templates that MySQL has not decided; the same in all processes.',
    watched.journalLength,
  );
}

function buildInfo(registry: Registry): void {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  const info = new Gauge({
    name: 'coupons_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version, node: process.version }, 1);
}
