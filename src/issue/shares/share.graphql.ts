/** A share as its sharer and operators see it. The root value is the domain's Share; share.resolver.ts resolves the rest. */
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { enumOf } from '../../graph/enum-of.js';
import { PageInfoObject } from '../../graph/paging.js';
import { FailureCodeEnum } from '../../graph/rejection.graphql.js';
import { resultUnion } from '../../graph/result-union.js';
import type { FailureCode } from '../../kernel/rejection.js';
import { REWARD_STATUSES } from './share.types.js';

export const ShareRewardStatusEnum = enumOf(
  'ShareRewardStatus',
  REWARD_STATUSES,
  'PENDING: the share is not full, or the reward will be paid in a moment.',
);

@ObjectType('ShareReward', { description: 'What the sharer gets when the limit is reached.' })
export class ShareRewardObject {
  @Field(() => ShareRewardStatusEnum) status!: string;
  @Field(() => ID, { nullable: true, description: 'PAID.' }) couponId!: string | null;
  @Field(() => FailureCodeEnum, { nullable: true, description: 'REFUSED: why.' })
  refusal!: FailureCode | null;
}

@ObjectType('Share', { description: "One user's share of one template." })
export class ShareObject {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'What a link carries; for whoever is to accept it.' })
  token!: string;
}

@ObjectType('ShareCreated')
export class ShareCreatedObject {
  @Field(() => ShareObject) share!: ShareObject;
}

@ObjectType('ShareConnection')
export class ShareConnectionObject {
  @Field(() => [ShareObject]) nodes!: ShareObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}

export const CreateShareResult = resultUnion('CreateShareResult', () => ShareCreatedObject);

@InputType('CreateShareInput')
export class CreateShareInput {
  @Field(() => ID) templateId!: string;
}

@InputType('AcceptShareInput')
export class AcceptShareInput {
  @Field(() => String) token!: string;
  @Field(() => String, { description: 'Unique per caller over all claims.' })
  idempotencyKey!: string;
  @Field(() => String, { nullable: true, description: 'Where it was accepted; else "share".' })
  channel?: string | null;
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) verificationToken?: string | null;
}
