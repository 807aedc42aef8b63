import { defineEntity, p } from '@mikro-orm/core';
import { count, id, json, moment, word } from './columns.js';

const position = () => p.bigint('number').columnType('bigint');
const eventId = () => word().columnType('varchar(64)');

/**
 * The outbox in the order in which it is told: positions without gaps, given by the relay to what it finds
 * committed. Kept for some days, so that a reader that was away goes on where it stood.
 */
export const EventLogTable = defineEntity({
  name: 'EventLog',
  tableName: 'event_log',
  properties: {
    position: position().primary(),
    outboxId: id(),
    type: word(),
    subjectId: id(),
    payload: json(),
    createdAt: moment(),
    loggedAt: moment(),
  },
});

/** Where the log ends (`log`), and up to where the Redis stream has it (`stream`). */
export const EventCursorTable = defineEntity({
  name: 'EventCursor',
  tableName: 'event_cursor',
  properties: {
    name: word().primary(),
    position: position(),
  },
});

/** Where events are posted to. `position`: all up to there were delivered, or wait in webhook_delivery. */
export const WebhookEndpointTable = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    id: id().primary(),
    url: p.string().columnType('varchar(2048)'),
    types: json(),
    status: word(),
    version: count(),
    secrets: json(),
    position: position(),
    failingSince: moment().nullable(),
    createdAt: moment(),
    updatedAt: moment(),
  },
});

/**
 * An event that an endpoint did not take: it waits for its next try (`nextAt`), or behind an earlier event
 * of its subject (`nextAt` null), or it is dead. What is delivered has no row.
 */
export const WebhookDeliveryTable = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    id: id().primary(),
    endpointId: id(),
    eventId: eventId(),
    subjectId: id(),
    type: word(),
    position: position(),
    /** Of the event among those of its row of the log. */
    ordinal: count(),
    body: json(),
    status: word(),
    tries: count().default(0),
    nextAt: moment().nullable(),
    lastStatus: count().nullable(),
    lastError: p.string().columnType('varchar(200)').nullable(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  uniques: [{ name: 'uk_webhook_delivery', properties: ['endpointId', 'eventId'] }],
  indexes: [
    { name: 'ix_webhook_due', properties: ['endpointId', 'status', 'nextAt'] },
    {
      name: 'ix_webhook_subject',
      properties: ['endpointId', 'subjectId', 'status', 'position', 'ordinal'],
    },
    { name: 'ix_webhook_dead', properties: ['status', 'id'] },
  ],
});
