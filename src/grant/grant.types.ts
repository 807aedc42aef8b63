/** The words of a grant: one template, a list of users, and what became of each. */
import type { FailureCode } from '../kernel/rejection.js';

export const JOB_STATUSES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'STOPPED'] as const;
export type GrantStatus = (typeof JOB_STATUSES)[number];

export interface Grant {
  readonly id: string;
  readonly templateId: string;
  /** The operator who started it. */
  readonly actor: string;
  /** The hash of the whole list with template and reason: tells a repetition from a conflict. */
  readonly fingerprint: string;
  readonly reason: string;
  readonly status: GrantStatus;
  /** Counts the changes of status. */
  readonly version: number;
  /** Different users of the list. */
  readonly requested: number;
  readonly duplicates: number;
  readonly granted: number;
  readonly refused: number;
  readonly createdAtMs: number;
  /** Of the last change of status or progress. */
  readonly updatedAtMs: number;
}

export interface Member {
  /** In the list, from 1. */
  readonly position: number;
  readonly userId: string;
}

export interface GrantRefusal {
  readonly userId: string;
  readonly code: FailureCode;
}
