/**
 * The life of a template: DRAFT → IN_REVIEW → APPROVED → ACTIVE → STOPPED or EXPIRED.
 *
 * The clock decides when an ACTIVE template is over; the job that writes EXPIRED only tidies.
 * Editing IN_REVIEW or APPROVED returns to DRAFT: what was reviewed is what goes live.
 */
import { next, refuse, to, type Lifecycle } from '../../kernel/lifecycle.js';
import type { Result } from '../../kernel/result.js';
import type { Template, TemplateStatus } from '../template.types.js';

export type TemplateEvent =
  'EDIT' | 'SUBMIT' | 'APPROVE' | 'REJECT' | 'ACTIVATE' | 'STOP' | 'EXPIRE';

const no = refuse('ILLEGAL_TRANSITION');

export const TEMPLATE_LIFECYCLE: Lifecycle<TemplateStatus, TemplateEvent> = {
  DRAFT: {
    EDIT: to('DRAFT'),
    SUBMIT: to('IN_REVIEW'),
    APPROVE: no,
    REJECT: no,
    ACTIVATE: no,
    STOP: no,
    EXPIRE: no,
  },
  IN_REVIEW: {
    EDIT: to('DRAFT'),
    SUBMIT: no,
    APPROVE: to('APPROVED'),
    REJECT: to('DRAFT'),
    ACTIVATE: no,
    STOP: no,
    EXPIRE: no,
  },
  APPROVED: {
    EDIT: to('DRAFT'),
    SUBMIT: no,
    APPROVE: no,
    REJECT: to('DRAFT'),
    ACTIVATE: to('ACTIVE'),
    STOP: no,
    EXPIRE: no,
  },
  ACTIVE: {
    EDIT: to('ACTIVE'),
    SUBMIT: no,
    APPROVE: no,
    REJECT: no,
    ACTIVATE: no,
    STOP: to('STOPPED'),
    EXPIRE: to('EXPIRED'),
  },
  STOPPED: { EDIT: no, SUBMIT: no, APPROVE: no, REJECT: no, ACTIVATE: no, STOP: no, EXPIRE: no },
  EXPIRED: { EDIT: no, SUBMIT: no, APPROVE: no, REJECT: no, ACTIVATE: no, STOP: no, EXPIRE: no },
};

/** The status as the clock has it. */
export function statusAt(
  template: Pick<Template, 'status' | 'rules'>,
  nowMs: number,
): TemplateStatus {
  const isOver = template.status === 'ACTIVE' && nowMs >= template.rules.claimUntilMs;
  return isOver ? 'EXPIRED' : template.status;
}

/** The status after `event`, or ILLEGAL_TRANSITION. */
export function moveTemplate(
  template: Pick<Template, 'status' | 'rules'>,
  event: TemplateEvent,
  nowMs: number,
): Result<TemplateStatus> {
  return next(TEMPLATE_LIFECYCLE, statusAt(template, nowMs), event);
}
