import { defineEntity, p } from '@mikro-orm/core';
import { count, externalId, hash, id, json, moment, word } from './columns.js';

/**
 * One change of state of a template, coupon or redemption. `seq` is the subject's version after the
 * change, so two writers cannot both record the same step. A coupon's claim (seq 1) is its own row.
 */
export const AuditTable = defineEntity({
  name: 'Audit',
  tableName: 'audit',
  properties: {
    subjectId: id().primary(),
    seq: count().primary(),
    subject: word(),
    at: moment(),
    actor: externalId(),
    action: word(),
    from: word().fieldNames('from_status').nullable(),
    to: word().fieldNames('to_status').nullable(),
    details: json().nullable(),
  },
});

/** How many claims of a template were denied by their risk in one minute. Denials change no state: no events. */
export const RiskDenialTable = defineEntity({
  name: 'RiskDenial',
  tableName: 'risk_denial',
  properties: {
    templateId: id().primary(),
    minute: moment().primary(),
    denied: count(),
  },
});

/** One event to be delivered, written in the transaction of its change. A batch of claims is one row. */
export const OutboxTable = defineEntity({
  name: 'Outbox',
  tableName: 'outbox',
  properties: {
    id: id().primary(),
    type: word(),
    subjectId: id(),
    payload: json(),
    createdAt: moment(),
    deliveredAt: moment().nullable(),
  },
  indexes: [
    { name: 'ix_outbox_due', properties: ['deliveredAt', 'id'] },
    // For verify: every audit entry has its event. Claims pay for it once a batch.
    { name: 'ix_outbox_subject', properties: ['subjectId'] },
  ],
});

/** A reservation from a journal that nobody can commit, with the reason; the entry as it was, cut. */
export const QuarantinedClaimTable = defineEntity({
  name: 'QuarantinedClaim',
  tableName: 'quarantined_claim',
  properties: {
    id: id().primary(),
    templateId: id(),
    userId: externalId().nullable(),
    couponId: id().nullable(),
    fingerprint: hash(),
    reason: p.string().columnType('varchar(500)'),
    tries: count(),
    entry: json(),
    quarantinedAt: moment(),
  },
  uniques: [{ name: 'uk_quarantined_claim', properties: ['fingerprint'] }],
});
