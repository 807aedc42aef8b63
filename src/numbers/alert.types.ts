/** The words of alerts: what an operator should look at now. docs/OPERATIONS.md says what to do about each. */

export const ALERT_KINDS = [
  'LOW_STOCK',
  'EXPIRING_SOON',
  'MANY_UNUSED',
  'STOCK_DRIFT',
  'RECORD_DRIFT',
  'QUARANTINED',
  'JOB_LATE',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export interface Alert {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** What was found; in the unit of the kind. */
  readonly value: number;
  /** What it is held against. */
  readonly limit: number;
  /** What it is about most, the worst first; empty: no single template. */
  readonly templateIds: readonly string[];
  /** JOB_LATE: which. */
  readonly job: string | null;
}

/** What of a job an alert can be about. */
export interface WatchedJob {
  readonly name: string;
  readonly lagMs: number;
  readonly progress: Readonly<Record<string, unknown>> | null;
}

/** Templates with the most unused coupons, and with the most of them that expire soon. */
export interface WorstTemplates {
  readonly unused: readonly string[];
  readonly expiring: readonly string[];
}
