import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import type { Caller } from '../kernel/caller.js';
import { FAILURE_CODES, type FailureCode, type Rejection } from '../kernel/rejection.js';
import { enumOf } from './enum-of.js';
import { messageOf } from './messages.js';
import { MoneyObject, toMoney } from './money.graphql.js';
import { DateTimeScalar } from './scalars.js';

export const FailureCodeEnum = enumOf('FailureCode', FAILURE_CODES, 'Why something was refused.');

@InterfaceType('Failure', { description: 'An expected failure, as data.' })
export abstract class FailureInterface {
  @Field(() => FailureCodeEnum) code!: FailureCode;
  @Field(() => String) message!: string;
  @Field(() => Boolean) retryable!: boolean;
}

@ObjectType('Rejection', {
  implements: FailureInterface,
  description: 'A refusal: nothing was done, unless the code is OUTCOME_UNKNOWN.',
})
export class RejectionObject extends FailureInterface {
  @Field(() => DateTimeScalar, { nullable: true, description: 'When trying again can help.' })
  retryAfter!: number | null;
  @Field(() => ID, {
    nullable: true,
    description: 'Which coupon, where one of several is at fault.',
  })
  couponId!: string | null;
  @Field(() => MoneyObject, { nullable: true, description: 'How much more must be spent.' })
  shortfall!: MoneyObject | null;
}

export interface TypedRejection extends RejectionObject {
  readonly __typename: 'Rejection';
}

/** A refusal in the caller's language. */
export function toRejection(rejection: Rejection, caller: Caller): TypedRejection {
  return {
    __typename: 'Rejection',
    code: rejection.code,
    message: messageOf(rejection, caller.languages),
    retryable: rejection.retryable,
    retryAfter: rejection.retryAfterMs ?? null,
    couponId: rejection.couponId ?? null,
    shortfall: rejection.shortfall ? toMoney(rejection.shortfall) : null,
  };
}
