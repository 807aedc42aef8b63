/** Types that other subgraphs own; here only what this one joins to them. */
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { MoneyObject } from './money.graphql.js';
import { CurrencyCodeScalar } from './scalars.js';

@Directive('@key(fields: "id")')
@ObjectType('User')
export class UserObject {
  @Field(() => ID) id!: string;
}

@ObjectType('OrderLine', { description: "A quote's lineId is its id." })
export class OrderLineObject {
  @Directive('@external') @Field(() => ID) id!: string;
  @Directive('@external') @Field(() => ID) productId!: string;
  @Directive('@external') @Field(() => [ID]) categoryIds!: string[];
  @Directive('@external') @Field(() => MoneyObject) unitPrice!: MoneyObject;
  @Directive('@external') @Field(() => Int) quantity!: number;
}

@Directive('@key(fields: "id")')
@ObjectType('Order')
export class OrderObject {
  @Field(() => ID) id!: string;
  @Directive('@external') @Field(() => CurrencyCodeScalar) currency!: string;
  @Directive('@external') @Field(() => ID) customerId!: string;
  @Directive('@external') @Field(() => [OrderLineObject]) lines!: OrderLineObject[];
}
