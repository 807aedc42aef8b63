import { defineEntity, p } from '@mikro-orm/core';
import { externalId, hash, id, moment, word } from './columns.js';

/** What other services told of a customer last. An erasure deletes it. */
export const CustomerTable = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    userId: externalId().primary(),
    /** MM-DD. */
    birthday: word().nullable(),
    level: externalId().nullable(),
    timeZone: p.string().columnType('varchar(64)').collation('ascii_bin').nullable(),
    /** When the birthday begins that is to be celebrated next. */
    birthdayDueAt: moment().nullable(),
    /** Of the event that this is of: what is told of an earlier moment changes nothing. */
    occurredAt: moment(),
  },
  indexes: [{ name: 'ix_customer_birthday', properties: ['birthdayDueAt', 'userId'] }],
});

/** One event of another service, once. An erasure deletes it. */
export const CustomerEventTable = defineEntity({
  name: 'CustomerEvent',
  tableName: 'customer_event',
  properties: {
    id: id().primary(),
    /** The hash of the service's id of it. */
    eventKey: hash(),
    fingerprint: hash(),
    type: word(),
    userId: externalId(),
    status: word(),
    occurredAt: moment(),
    recordedAt: moment(),
  },
  uniques: [{ name: 'uk_customer_event', properties: ['eventKey'] }],
  indexes: [{ name: 'ix_customer_event_user', properties: ['userId', 'id'] }],
});

/** One template that an event gives: a coupon, a refusal, or neither yet. */
export const CustomerEventGrantTable = defineEntity({
  name: 'CustomerEventGrant',
  tableName: 'customer_event_grant',
  properties: {
    eventId: id().primary(),
    templateId: id().primary(),
    couponId: id().nullable(),
    refusal: word().nullable(),
  },
});
