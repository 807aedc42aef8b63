/**
 * Which of the numbers an operator should look at. The conditions are those of docker/prometheus/alerts.yml,
 * of the present moment: a rule there also waits whether it stays so. A test holds the two together.
 */
import {
  EXPIRING_ALERT_MIN,
  EXPIRING_ALERT_SHARE,
  JOB_LATE_ALERT_S,
  STOCK_DRIFT_ALERT_MS,
  UNUSED_ALERT_MIN,
  UNUSED_ALERT_PER_USED,
} from '../../config/limits.js';
import type { Alert, WatchedJob, WorstTemplates } from '../alert.types.js';
import type { Numbers } from '../numbers.types.js';

export interface Watched {
  readonly numbers: Numbers;
  readonly worst: WorstTemplates;
  readonly jobs: readonly WatchedJob[];
  readonly nowMs: number;
  /** Of a template's total, 0 to 1: with less left than this its stock is low. */
  readonly lowStockBelow: number;
}

/** The most severe first. */
export function judgeAlerts(watched: Watched): Alert[] {
  return [
    ...stockDrift(watched),
    ...recordDrift(watched),
    ...quarantined(watched),
    ...lateJobs(watched),
    ...lowStock(watched),
    ...expiringSoon(watched),
    ...manyUnused(watched),
  ];
}

const NO_ONE = { templateIds: [], job: null } as const;

function lowStock({ numbers, lowStockBelow: limit }: Watched): Alert[] {
  const shares = numbers.lowest.map(({ templateId, remaining, total }) => ({
    templateId,
    share: total === 0 ? 0 : remaining / total,
  }));
  const low = shares.filter(({ share }) => share < limit).toSorted((a, b) => a.share - b.share);
  if (low.length === 0) return [];
  const templateIds = low.map(({ templateId }) => templateId);
  return [
    { kind: 'LOW_STOCK', severity: 'INFO', value: low[0]!.share, limit, templateIds, job: null },
  ];
}

function expiringSoon({ numbers, worst }: Watched): Alert[] {
  const { expiring = 0, unused = 0 } = numbers.coupons;
  if (expiring <= EXPIRING_ALERT_SHARE * unused || expiring <= EXPIRING_ALERT_MIN) return [];
  return [
    {
      kind: 'EXPIRING_SOON',
      severity: 'INFO',
      value: expiring / unused,
      limit: EXPIRING_ALERT_SHARE,
      templateIds: worst.expiring,
      job: null,
    },
  ];
}

function manyUnused({ numbers, worst }: Watched): Alert[] {
  const { used = 0, unused = 0 } = numbers.coupons;
  if (unused <= UNUSED_ALERT_PER_USED * used || unused <= UNUSED_ALERT_MIN) return [];
  return [
    {
      kind: 'MANY_UNUSED',
      severity: 'INFO',
      value: unused / Math.max(1, used),
      limit: UNUSED_ALERT_PER_USED,
      templateIds: worst.unused,
      job: null,
    },
  ];
}

function stockDrift({ jobs, nowMs }: Watched): Alert[] {
  const progress = progressOf(jobs, 'reconcile-gates');
  const isRecent = Number(progress['driftedAtMs'] ?? 0) > nowMs - STOCK_DRIFT_ALERT_MS;
  const value = Number(progress['drifted'] ?? 0);
  if (!isRecent || value === 0) return [];
  return [{ kind: 'STOCK_DRIFT', severity: 'CRITICAL', value, limit: 0, ...NO_ONE }];
}

function recordDrift({ jobs }: Watched): Alert[] {
  const progress = progressOf(jobs, 'reconcile-records');
  const value = Number(progress['records'] ?? 0) + Number(progress['counters'] ?? 0);
  if (value === 0) return [];
  return [{ kind: 'RECORD_DRIFT', severity: 'CRITICAL', value, limit: 0, ...NO_ONE }];
}

function quarantined({ numbers: { quarantined: value } }: Watched): Alert[] {
  if (value === 0) return [];
  return [{ kind: 'QUARANTINED', severity: 'CRITICAL', value, limit: 0, ...NO_ONE }];
}

function lateJobs({ jobs }: Watched): Alert[] {
  return jobs
    .map(({ name, lagMs }) => ({ name, value: lagMs / 1_000 }))
    .filter(({ value }) => value > JOB_LATE_ALERT_S)
    .toSorted((a, b) => b.value - a.value)
    .map(({ name, value }) => ({
      kind: 'JOB_LATE',
      severity: 'WARNING',
      value,
      limit: JOB_LATE_ALERT_S,
      templateIds: [],
      job: name,
    }));
}

function progressOf(jobs: readonly WatchedJob[], name: string): Readonly<Record<string, unknown>> {
  return jobs.find((job) => job.name === name)?.progress ?? {};
}
