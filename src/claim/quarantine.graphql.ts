/** The quarantine as operators see it: newest first. */
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { PageInfoObject } from '../graph/paging.js';

@ObjectType('QuarantinedClaim', {
  description:
    'A reservation that could not be committed and was set aside. Its stock is claimable again.',
})
export class QuarantinedClaimObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) templateId!: string;
  @Field(() => ID, { nullable: true, description: 'Null where the entry does not tell.' })
  userId!: string | null;
  @Field(() => String) reason!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'What stood in it, cut. Null: the key it was sealed with is gone, or it was erased.',
  })
  entry!: string | null;
  @Field(() => Int, { description: 'How often it was tried.' }) tries!: number;
}

@ObjectType('QuarantinedClaimConnection')
export class QuarantinedClaimConnectionObject {
  @Field(() => [QuarantinedClaimObject]) nodes!: QuarantinedClaimObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}
