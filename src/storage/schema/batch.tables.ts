import { defineEntity } from '@mikro-orm/core';
import { count, externalId, hash, id, moment, word } from './columns.js';

/** A batch of codes of one template, or one code that many people may use. No code is stored. */
export const BatchTable = defineEntity({
  name: 'Batch',
  tableName: 'batch',
  properties: {
    id: id().primary(),
    templateId: id(),
    /** Its number, at the head of each of its codes. */
    batchNo: word(),
    prefix: word(),
    /** The code that many people may use, as it is shown; null: there are `total` codes. */
    vanityCode: word().nullable(),
    /** The same as it is compared. */
    vanityKey: word().nullable(),
    /** Of the key that its codes are made with. */
    keyId: word(),
    total: count(),
    issued: count().default(0),
    status: word(),
    version: count(),
    authorId: externalId(),
    requestKey: hash(),
    fingerprint: hash(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  uniques: [
    { name: 'uk_batch_no', properties: ['batchNo'] },
    { name: 'uk_batch_vanity', properties: ['vanityKey'] },
    { name: 'uk_batch_request', properties: ['authorId', 'requestKey'] },
  ],
  indexes: [{ name: 'ix_batch_template', properties: ['templateId'] }],
});

/** How many coupons of a batch are used, over some rows, so that orders do not queue for one. */
export const BatchUseTable = defineEntity({
  name: 'BatchUse',
  tableName: 'batch_use',
  properties: {
    batchId: id().primary(),
    part: count().primary(),
    used: count(),
  },
});
