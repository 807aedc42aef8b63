/** The jobs as operators see them. */
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, JSONObjectScalar } from '../graph/scalars.js';
import type { JobRecord } from './frame/job.store.js';

@ObjectType('Job', { description: 'What the workers do by themselves, as its last run left it.' })
export class JobObject {
  @Field(() => ID) name!: string;
  @Field(() => Int, { description: 'A run is due this long after the last one began.' })
  everySeconds!: number;
  @Field(() => Boolean, { description: 'A worker has it in hand.' }) isRunning!: boolean;
  @Field(() => DateTimeScalar, { nullable: true }) lastRunAt!: number | null;
  @Field(() => DateTimeScalar, { nullable: true }) lastSuccessAt!: number | null;
  @Field(() => Int, {
    description: 'How far behind it is: by the oldest thing due, or by its last success.',
  })
  lagSeconds!: number;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'Where its next run goes on.' })
  progress!: JobRecord['progress'];
  @Field(() => String, { nullable: true, description: 'Of the last run; null where it succeeded.' })
  lastError!: string | null;
}

export function toJobObject(record: JobRecord): JobObject {
  return {
    name: record.name,
    everySeconds: Math.ceil(record.everyMs / 1_000),
    isRunning: record.isRunning,
    lastRunAt: record.lastRunAtMs,
    lastSuccessAt: record.lastSuccessAtMs,
    lagSeconds: Math.ceil(record.lagMs / 1_000),
    progress: record.progress,
    lastError: record.lastError,
  };
}
