/** The life of a template, stated a second time and by hand: what is not in this list must be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  moveTemplate,
  statusAt,
  TEMPLATE_LIFECYCLE,
  type TemplateEvent,
} from '../../../src/template/rules/template-lifecycle.js';
import { TEMPLATE_STATUSES, type TemplateStatus } from '../../../src/template/template.types.js';
import { rulesOf } from '../../kit/seed.js';

const EVENTS: readonly TemplateEvent[] = [
  'EDIT',
  'SUBMIT',
  'APPROVE',
  'REJECT',
  'ACTIVATE',
  'STOP',
  'EXPIRE',
];
const ALLOWED: Readonly<Record<string, TemplateStatus>> = {
  'DRAFT EDIT': 'DRAFT',
  'DRAFT SUBMIT': 'IN_REVIEW',
  'IN_REVIEW EDIT': 'DRAFT',
  'IN_REVIEW APPROVE': 'APPROVED',
  'IN_REVIEW REJECT': 'DRAFT',
  'APPROVED EDIT': 'DRAFT',
  'APPROVED REJECT': 'DRAFT',
  'APPROVED ACTIVATE': 'ACTIVE',
  'ACTIVE EDIT': 'ACTIVE',
  'ACTIVE STOP': 'STOPPED',
  'ACTIVE EXPIRE': 'EXPIRED',
};
const UNTIL_MS = 1_000_000;
const rules = rulesOf({ claimUntilMs: UNTIL_MS });
const move = (status: TemplateStatus, event: TemplateEvent, nowMs = UNTIL_MS - 1) =>
  moveTemplate({ status, rules }, event, nowMs);

describe('the life of a template', () => {
  const cells = TEMPLATE_STATUSES.flatMap((from) => EVENTS.map((event) => ({ from, event })));

  it.each(cells)('$event from $from is as the contract has it', ({ from, event }) => {
    const to = ALLOWED[`${from} ${event}`];
    expect(move(from, event)).toEqual(
      to === undefined
        ? {
            ok: false,
            rejection: {
              code: 'ILLEGAL_TRANSITION',
              retryable: false,
              detail: { fact: 'NOT_POSSIBLE_FROM', event, from },
            },
          }
        : { ok: true, value: to },
    );
  });

  it('has no other state and no other event than these', () => {
    expect(Object.keys(TEMPLATE_LIFECYCLE).sort()).toEqual([...TEMPLATE_STATUSES].sort());
    for (const moves of Object.values(TEMPLATE_LIFECYCLE))
      expect(Object.keys(moves).sort()).toEqual([...EVENTS].sort());
  });

  it('reaches every state from DRAFT', () => {
    const reached = new Set<TemplateStatus>(['DRAFT']);
    for (const from of reached) {
      for (const event of EVENTS) {
        const result = move(from, event);
        if (result.ok) reached.add(result.value);
      }
    }
    expect([...reached].sort()).toEqual([...TEMPLATE_STATUSES].sort());
  });

  it('goes live only through a review, and ends for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }), (events) => {
        let status: TemplateStatus = 'DRAFT';
        let isReviewed = false;
        for (const event of events) {
          const result = move(status, event);
          if (!result.ok) continue;
          expect(['STOPPED', 'EXPIRED']).not.toContain(status);
          if (event === 'APPROVE') isReviewed = true;
          if (event === 'EDIT' && status !== 'ACTIVE') isReviewed = false;
          if (result.value === 'ACTIVE') expect(isReviewed).toBe(true);
          status = result.value;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('of an ACTIVE template is over at claimUntil, whatever the row says', () => {
    const at = (nowMs: number) => statusAt({ status: 'ACTIVE', rules }, nowMs);
    expect([at(UNTIL_MS - 1), at(UNTIL_MS)]).toEqual(['ACTIVE', 'EXPIRED']);
    for (const event of EVENTS)
      expect(move('ACTIVE', event, UNTIL_MS)).toMatchObject({ ok: false });
  });

  it('goes on past claimUntil where nothing was issued yet', () => {
    for (const status of ['DRAFT', 'IN_REVIEW', 'APPROVED', 'STOPPED'] as const)
      expect(statusAt({ status, rules }, UNTIL_MS + 1)).toBe(status);
  });
});
