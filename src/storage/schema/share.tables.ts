import { defineEntity } from '@mikro-orm/core';
import { count, externalId, hash, id, moment, word } from './columns.js';

/**
 * What one user shares of one template: how many more may accept it, and what became of the sharer's reward.
 * `placesLeft` only falls, by a conditional update in the transaction that inserts the coupons; at 0 with a
 * reward PENDING the reward is owed, and nothing else has to be written down for it.
 */
export const ShareTable = defineEntity({
  name: 'Share',
  tableName: 'share',
  properties: {
    id: id().primary(),
    templateId: id(),
    userId: externalId(),
    /** What the link carries; random, and the same for ever. */
    token: hash(),
    acceptLimit: count(),
    placesLeft: count(),
    rewardTemplateId: id().nullable(),
    /** null: there is none. PENDING, PAID, REFUSED. */
    rewardStatus: word().nullable(),
    rewardCouponId: id().nullable(),
    /** REFUSED: the code of the refusal. */
    rewardRefusal: word().nullable(),
    rewardSettledAt: moment().nullable(),
    createdAt: moment(),
  },
  uniques: [
    { name: 'uk_share_token', properties: ['token'] },
    { name: 'uk_share_user', properties: ['templateId', 'userId'] },
  ],
  indexes: [
    { name: 'ix_share_user', properties: ['userId'] },
    { name: 'ix_share_owed', properties: ['rewardStatus', 'placesLeft', 'id'] },
    { name: 'ix_share_list', properties: ['templateId', 'id'] },
  ],
});
