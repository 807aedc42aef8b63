/** An erasure as operators see it. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';
import type { Erasure, ErasureStatus } from './erasure.types.js';

export const ErasureStatusEnum = enumOf(
  'ErasureStatus',
  ['RUNNING', 'DONE'],
  'RUNNING: names are replaced, and it is looked through once more. DONE: nothing of the user is left.',
);

@ObjectType('Erasure', { description: 'One user erased. It does not tell whom.' })
export class ErasureObject {
  @Field(() => ID) id!: string;
  @Field(() => ErasureStatusEnum) status!: ErasureStatus;
  @Field(() => ID, { description: 'The operator who asked for it.' }) actor!: string;
  @Field(() => String) reason!: string;
  @Field(() => Int, { description: 'How many rows named the user.' }) rows!: number;
  @Field(() => DateTimeScalar) requestedAt!: number;
  @Field(() => DateTimeScalar, { nullable: true }) finishedAt!: number | null;
}

@InputType('EraseUserInput')
export class EraseUserInput {
  @Field(() => ID) userId!: string;
  @Field(() => String, { description: 'A number of a ticket, not a name: it is kept for ever.' })
  reason!: string;
  @Field(() => String) idempotencyKey!: string;
}

@ObjectType('ErasureStarted')
export class ErasureStartedObject {
  @Field(() => ErasureObject) erasure!: ErasureObject;
  @Field(() => Boolean) replayed!: boolean;
}

export const EraseUserResult = resultUnion('EraseUserResult', () => ErasureStartedObject);

export function toErasureObject(erasure: Erasure): ErasureObject {
  const { id, status, actor, reason, rows, requestedAtMs, finishedAtMs } = erasure;
  const at = { requestedAt: requestedAtMs, finishedAt: finishedAtMs };
  return { id, status, actor, reason, rows, ...at };
}
