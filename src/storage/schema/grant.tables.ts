import { defineEntity, p } from '@mikro-orm/core';
import { count, externalId, hash, id, moment, word } from './columns.js';

/**
 * One grant: coupons of one template for a list of users, worked off by a job. `granted` is raised in the
 * transaction of the coupons themselves, so it is their number at any moment.
 */
export const GrantTable = defineEntity({
  name: 'Grant',
  tableName: 'grant_job',
  properties: {
    id: id().primary(),
    templateId: id(),
    actor: externalId(),
    /** The hash of the operator's idempotency key. */
    grantKey: hash(),
    fingerprint: hash(),
    reason: p.string().columnType('varchar(500)'),
    status: word(),
    /** Counts the changes of status: the seq of its audit. */
    version: count(),
    /** Different users of the list. */
    requested: count(),
    /** How often a user stood in the list again. */
    duplicates: count(),
    granted: count().default(0),
    refused: count().default(0),
    /** 1: the job has something to do with it. */
    hasWork: count(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  uniques: [{ name: 'uk_grant_key', properties: ['actor', 'grantKey'] }],
  indexes: [{ name: 'ix_grant_work', properties: ['hasWork', 'id'] }],
});

/**
 * One user of a grant's list. Which coupon a user got is not here: `coupon_origin` says it, and is written
 * with the coupon.
 */
export const GrantMemberTable = defineEntity({
  name: 'GrantMember',
  tableName: 'grant_member',
  properties: {
    grantId: id().primary(),
    /** In the list, from 1; who comes first is asked for first. */
    position: count().primary(),
    userId: externalId(),
    state: word(),
    /** Why this user has none. */
    refusal: word().nullable(),
  },
  uniques: [{ name: 'uk_grant_member', properties: ['userId', 'grantId'] }],
  indexes: [{ name: 'ix_grant_member_state', properties: ['grantId', 'state', 'position'] }],
});

/** A list that is on its way in. It becomes a grant with its last user, or is thrown away. */
export const GrantUploadTable = defineEntity({
  name: 'GrantUpload',
  tableName: 'grant_upload',
  properties: { id: id().primary(), startedAt: moment() },
  indexes: [{ name: 'ix_grant_upload_age', properties: ['startedAt'] }],
});
