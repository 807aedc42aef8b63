/**
 * Types of the contract for issuing by code, grant, share and customer event. This version does not
 * offer them: there are no codes, shares, batches or grants, and starting one is UNAVAILABLE.
 */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CouponObject } from '../coupon/coupon.graphql.js';
import { enumOf } from '../graph/enum-of.js';
import { PageInfoObject } from '../graph/paging.js';
import { FailureCodeEnum } from '../graph/rejection.graphql.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { FailureCode } from '../kernel/rejection.js';
import { TemplateObject } from '../template/template.graphql.js';

export const JobStatusEnum = enumOf('JobStatus', [
  'QUEUED',
  'RUNNING',
  'DONE',
  'FAILED',
  'STOPPED',
]);

export const CustomerEventTypeEnum = enumOf('CustomerEventType', ['REGISTERED', 'PROFILE_CHANGED']);

@ObjectType('IssuedCode')
export class IssuedCodeObject {
  @Field(() => String) code!: string;
  @Field(() => ID, { nullable: true }) claimedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) claimedAt!: number | null;
}

@ObjectType('CodeConnection')
export class CodeConnectionObject {
  @Field(() => [IssuedCodeObject]) nodes!: IssuedCodeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}

@ObjectType('Batch')
export class BatchObject {
  @Field(() => ID) id!: string;
  @Field(() => TemplateObject) template!: TemplateObject;
  @Field(() => String) batchNo!: string;
  @Field(() => Int) total!: number;
  @Field(() => Int) issued!: number;
  @Field(() => Int) used!: number;
  @Field(() => JobStatusEnum) status!: string;
  @Field(() => DateTimeScalar) createdAt!: number;
}

@ObjectType('GrantRefusal')
export class GrantRefusalObject {
  @Field(() => ID) userId!: string;
  @Field(() => FailureCodeEnum) code!: FailureCode;
}

@ObjectType('Grant')
export class GrantObject {
  @Field(() => ID) id!: string;
  @Field(() => TemplateObject) template!: TemplateObject;
  @Field(() => String) reason!: string;
  @Field(() => Int) requested!: number;
  @Field(() => Int) granted!: number;
  @Field(() => Int) refused!: number;
  @Field(() => JobStatusEnum) status!: string;
  @Field(() => DateTimeScalar) createdAt!: number;
}

@ObjectType('Share')
export class ShareObject {
  @Field(() => String) token!: string;
  @Field(() => TemplateObject) template!: TemplateObject;
  @Field(() => Int) accepted!: number;
  @Field(() => Int) limit!: number;
  @Field(() => DateTimeScalar) expiresAt!: number;
}

@ObjectType('BatchStarted')
export class BatchStartedObject {
  @Field(() => BatchObject) batch!: BatchObject;
}
@ObjectType('GrantStarted')
export class GrantStartedObject {
  @Field(() => GrantObject) grant!: GrantObject;
}
@ObjectType('ShareCreated')
export class ShareCreatedObject {
  @Field(() => ShareObject) share!: ShareObject;
}
@ObjectType('CustomerEventRecorded')
export class CustomerEventRecordedObject {
  @Field(() => [CouponObject]) granted!: CouponObject[];
  @Field(() => Boolean) replayed!: boolean;
}

export const BatchResult = resultUnion('BatchResult', () => BatchStartedObject);
export const GrantResult = resultUnion('GrantResult', () => GrantStartedObject);
export const CreateShareResult = resultUnion('CreateShareResult', () => ShareCreatedObject);
export const CustomerEventResult = resultUnion(
  'CustomerEventResult',
  () => CustomerEventRecordedObject,
);

@InputType('ClaimByCodeInput')
export class ClaimByCodeInput {
  @Field(() => String) code!: string;
  @Field(() => String) idempotencyKey!: string;
  @Field(() => String, { nullable: true }) channel?: string | null;
  @Field(() => String, { nullable: true }) deviceId?: string | null;
  @Field(() => String, { nullable: true }) verificationToken?: string | null;
}

@InputType('CreateShareInput')
export class CreateShareInput {
  @Field(() => ID) templateId!: string;
}

@InputType('AcceptShareInput')
export class AcceptShareInput {
  @Field(() => String) token!: string;
  @Field(() => String) idempotencyKey!: string;
  @Field(() => String, { nullable: true }) deviceId?: string | null;
}

@InputType('GenerateCodesInput')
export class GenerateCodesInput {
  @Field(() => ID) templateId!: string;
  @Field(() => Int) count!: number;
  @Field(() => String, { nullable: true }) prefix?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'One shared code that count people may use.',
  })
  vanityCode?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@InputType('GrantCouponsInput')
export class GrantCouponsInput {
  @Field(() => ID) templateId!: string;
  @Field(() => [ID]) userIds!: string[];
  @Field(() => String) reason!: string;
  @Field(() => String) idempotencyKey!: string;
}

@InputType('CustomerEventInput')
export class CustomerEventInput {
  @Field(() => ID) eventId!: string;
  @Field(() => CustomerEventTypeEnum) type!: string;
  @Field(() => ID) userId!: string;
  @Field(() => DateTimeScalar) occurredAt!: number;
  @Field(() => String, { nullable: true }) birthday?: string | null;
  @Field(() => String, { nullable: true }) level?: string | null;
  @Field(() => String, { nullable: true }) timeZone?: string | null;
}
