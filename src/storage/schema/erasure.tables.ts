import { defineEntity, p } from '@mikro-orm/core';
import { count, externalId, hash, id, json, moment, word } from './columns.js';

/**
 * One user erased, or about to be. While it runs it knows the user (sealed) and the name that takes the
 * place of the id; when it is done it knows neither, and nobody can go back from the one to the other.
 */
export const ErasureTable = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    id: id().primary(),
    status: word(),
    /** Of the operator and the idempotency key. */
    eraseKey: hash(),
    userHash: hash(),
    userSealed: json().nullable(),
    pseudonym: externalId().nullable(),
    actor: externalId(),
    reason: p.string().columnType('varchar(500)'),
    rows: count().fieldNames('rows_changed'),
    requestedAt: moment(),
    /** When it is looked through for the last time. */
    dueAt: moment(),
    finishedAt: moment().nullable(),
  },
  uniques: [{ name: 'uk_erasure_key', properties: ['eraseKey'] }],
  indexes: [
    { name: 'ix_erasure_user', properties: ['userHash', 'id'] },
    { name: 'ix_erasure_due', properties: ['status', 'dueAt'] },
  ],
});
