/** What operators watch. Labels come from closed lists only, never from what a caller sent. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { numbersMetrics } from './numbers-metrics.js';
import { processMetrics } from './process-metrics.js';
import { replicaMetrics } from './replica-metrics.js';

export interface WatchedLoad {
  readonly inFlight: number;
  readonly limit: number;
  readonly loopDelayMs: number;
}

export interface WatchedJob {
  readonly name: string;
  readonly lagMs: number;
  readonly progress: Readonly<Record<string, unknown>> | null;
}

export interface WatchedRelay {
  readonly outboxLagMs: number;
  readonly webhookLagMs: number;
  readonly deadLetters: number;
}

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  return {
    registry,
    ...jobMetrics(registry),
    ...numbersMetrics(registry),
    ...processMetrics(registry),
    ...replicaMetrics(registry),
    /** Shows the load of the process as its admission sees it. */
    watch: (load: WatchedLoad) => {
      gauge('coupons_in_flight', 'GraphQL requests in hand.', () => load.inFlight);
      gauge('coupons_in_flight_limit', 'How many may be in hand at once.', () => load.limit);
      gauge(
        'coupons_event_loop_delay_seconds',
        'The least the event loop was late in the last tenth of a second.',
        () => load.loopDelayMs / 1_000,
      );
    },
    shed: new Counter({
      name: 'coupons_shed_total',
      help: 'Requests sent away by load: soft, by a typed refusal of what takes stock; hard, before the body is read.',
      labelNames: ['step'],
      registers: [registry],
    }),
    deadlineCuts: new Counter({
      name: 'coupons_deadline_cuts_total',
      help: 'Answers that did not come in time: of a mutation, which got a typed answer, or of a whole request.',
      labelNames: ['kind'],
      registers: [registry],
    }),
    deliveries: new Counter({
      name: 'coupons_event_deliveries_total',
      help: 'Tries to deliver an event to an endpoint: delivered, failed; dead: it was the last of its tries.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    streamed: new Counter({
      name: 'coupons_events_streamed_total',
      help: 'Events given to the Redis stream.',
      registers: [registry],
    }),
    /** Asked at each scrape; while MySQL does not answer the last values stay. */
    watchRelay: (read: () => Promise<WatchedRelay>) => {
      const lag = new Gauge({
        name: 'coupons_outbox_lag_seconds',
        help: 'Age of the oldest event that has not been taken from the outbox.',
        registers: [registry],
        async collect() {
          const measure = await read().catch(() => undefined);
          if (measure === undefined) return;
          this.set(measure.outboxLagMs / 1_000);
          webhookLag.set(measure.webhookLagMs / 1_000);
          deadLetters.set(measure.deadLetters);
        },
      });
      const webhookLag = new Gauge({
        name: 'coupons_webhook_lag_seconds',
        help: 'Age of the oldest event that some enabled endpoint was not told, those that wait at it aside.',
        registers: [registry],
      });
      const deadLetters = new Gauge({
        name: 'coupons_dead_letters',
        help: 'Events that an endpoint did not take in all their tries.',
        registers: [registry],
      });
      return lag;
    },
    claims: new Counter({
      name: 'coupons_claims_total',
      help: 'Claims by what became of them: CLAIMED, REPLAYED or the code of the refusal.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    guardRefusals: new Counter({
      name: 'coupons_guard_refusals_total',
      help: 'Claims refused by the guard, by its step and the code of the refusal.',
      labelNames: ['step', 'code'],
      registers: [registry],
    }),
    guardSkips: new Counter({
      name: 'coupons_guard_skipped_total',
      help: 'Steps of the guard that could not be done: the claim went on without them, or was refused by policy.',
      labelNames: ['step'],
      registers: [registry],
    }),
    requests: new Histogram({
      name: 'coupons_http_request_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    statements: new Histogram({
      name: 'coupons_sql_statement_seconds',
      help: 'Time of one statement on MySQL, by its first word.',
      labelNames: ['kind'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2],
      registers: [registry],
    }),
  };
}

/** Of the jobs: runs are of this worker, the lag is what the table says of all. */
function jobMetrics(registry: Registry) {
  const runs = new Counter({
    name: 'coupons_job_runs_total',
    help: 'Runs of jobs in this worker: done, failed, or lost to another worker.',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  });
  const handled = new Counter({
    name: 'coupons_job_handled_total',
    help: 'What the runs of this worker handled: coupons, holds, templates, rows.',
    labelNames: ['job'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'coupons_job_duration_seconds',
    help: 'Time of one run of a job.',
    labelNames: ['job'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 20, 60],
    registers: [registry],
  });
  return {
    jobRan: (job: string, outcome: string, tookMs: number, count: number): void => {
      runs.inc({ job, outcome });
      handled.inc({ job }, count);
      duration.observe({ job }, tookMs / 1_000);
    },
    /** Asked at each scrape; while MySQL does not answer the last values stay. */
    watchJobs: (read: () => Promise<readonly WatchedJob[]>) => {
      const lag = new Gauge({
        name: 'coupons_job_lag_seconds',
        help: 'How far a job is behind: the age of the oldest due thing, or the time since it should have succeeded.',
        labelNames: ['job'],
        registers: [registry],
        async collect() {
          for (const { name, lagMs } of await read().catch(() => []))
            this.set({ job: name }, lagMs / 1_000);
        },
      });
      const drift = new Gauge({
        name: 'coupons_record_drift',
        help: 'What reconcile-records found last: recent rows that break a check, templates whose counter is not their coupons.',
        labelNames: ['kind'],
        registers: [registry],
        async collect() {
          const job = (await read().catch(() => [])).find(
            (one) => one.name === 'reconcile-records',
          );
          for (const kind of ['records', 'counters'])
            if (job !== undefined) this.set({ kind }, Number(job.progress?.[kind] ?? 0));
        },
      });
      return { lag, drift };
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
