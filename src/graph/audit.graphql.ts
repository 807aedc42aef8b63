import { Field, ObjectType } from 'type-graphql';
import type { AuditEntry } from '../event/read-history.js';
import { DateTimeScalar, JSONObjectScalar } from './scalars.js';

@ObjectType('AuditEntry', {
  description: 'One change of state, as it was written with the change.',
})
export class AuditEntryObject {
  @Field(() => DateTimeScalar) at!: number;
  @Field(() => String) actor!: string;
  @Field(() => String) action!: string;
  @Field(() => String, { nullable: true }) from!: string | null;
  @Field(() => String, { nullable: true }) to!: string | null;
  @Field(() => JSONObjectScalar, { nullable: true }) details!: AuditEntry['details'];
}

export function toAuditEntry(entry: AuditEntry): AuditEntryObject {
  const { atMs, ...rest } = entry;
  return { at: atMs, ...rest };
}
