import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { JobStatusEnum } from '../graph/job-status.js';
import { PageInfoObject } from '../graph/paging.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';

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

@ObjectType('Batch', { description: 'Codes of one template. Its codes are computed, not stored.' })
export class BatchObject {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'Four characters at the head of each of its codes.' })
  batchNo!: string;
  @Field(() => Int) total!: number;
  @Field(() => Int, { description: 'Coupons claimed with its codes.' }) issued!: number;
  @Field(() => JobStatusEnum, { description: 'DONE: its codes can be claimed. STOPPED: for ever.' })
  status!: string;
}

@ObjectType('BatchStarted')
export class BatchStartedObject {
  @Field(() => BatchObject) batch!: BatchObject;
}

export const BatchResult = resultUnion('BatchResult', () => BatchStartedObject);

@InputType('GenerateCodesInput')
export class GenerateCodesInput {
  @Field(() => ID) templateId!: string;
  @Field(() => Int) count!: number;
  @Field(() => String, {
    nullable: true,
    description: 'Up to 8 letters and digits before each code.',
  })
  prefix?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'One shared code that count people may use: 4 to 15 letters and digits.',
  })
  vanityCode?: string | null;
  @Field(() => String) idempotencyKey!: string;
}
