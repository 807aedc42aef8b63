/** Quotes as the graph shows them. Root values are the stored quote and its parts. */
import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { MoneyInput, MoneyObject } from '../graph/money.graphql.js';
import { RejectionObject } from '../graph/rejection.graphql.js';
import { CurrencyCodeScalar, DateTimeScalar } from '../graph/scalars.js';

export const OptimalityEnum = enumOf(
  'Optimality',
  ['PROVED', 'BOUNDED'],
  'PROVED: no combination is better. BOUNDED: the search stopped at its limit.',
);

@ObjectType('QuotedLine')
export class QuotedLineObject {
  @Field(() => ID) lineId!: string;
  @Field(() => MoneyObject) subtotal!: MoneyObject;
  @Field(() => MoneyObject) discount!: MoneyObject;
  @Field(() => MoneyObject) payable!: MoneyObject;
}

@ObjectType('LineShare')
export class LineShareObject {
  @Field(() => ID) lineId!: string;
  @Field(() => MoneyObject) discount!: MoneyObject;
}

@ObjectType('AppliedCoupon')
export class AppliedCouponObject {
  @Field(() => MoneyObject) discount!: MoneyObject;
  @Field(() => [LineShareObject]) lines!: LineShareObject[];
}

@ObjectType('CouponOption')
export class CouponOptionObject {
  @Field(() => Boolean) applied!: boolean;
  @Field(() => MoneyObject, { description: 'What it alone would save.' }) saves!: MoneyObject;
  @Field(() => RejectionObject, {
    nullable: true,
    description: 'Why it is not in the best combination.',
  })
  reason!: RejectionObject | null;
  @Field(() => ID, { nullable: true, description: 'The applied coupon it cannot stand beside.' })
  conflictsWith!: string | null;
}

@Directive('@key(fields: "id")')
@ObjectType('DiscountQuote', { description: 'What a cart would cost with the best coupons.' })
export class DiscountQuoteObject {
  @Field(() => ID, { description: 'Same inputs, same wallet, same rules: same id.' }) id!: string;
  @Field(() => CurrencyCodeScalar) currency!: string;
  @Field(() => MoneyObject) subtotal!: MoneyObject;
  @Field(() => MoneyObject) discount!: MoneyObject;
  @Field(() => MoneyObject, { description: 'Never negative.' }) payable!: MoneyObject;
  @Field(() => [QuotedLineObject], { description: 'They add up to the discount exactly.' })
  lines!: QuotedLineObject[];
  @Field(() => [AppliedCouponObject], { description: 'In the order of application.' })
  applied!: AppliedCouponObject[];
  @Field(() => [CouponOptionObject], { description: 'Every coupon of the wallet, best first.' })
  options!: CouponOptionObject[];
  @Field(() => OptimalityEnum) optimality!: string;
  @Field(() => MoneyObject, {
    nullable: true,
    description: 'Only when BOUNDED: nothing saves more.',
  })
  upperBound!: MoneyObject | null;
  @Field(() => DateTimeScalar) createdAt!: number;
  @Field(() => DateTimeScalar) expiresAt!: number;
}

@InputType('CartLineInput')
export class CartLineInput {
  @Field(() => ID) lineId!: string;
  @Field(() => ID) productId!: string;
  @Field(() => [ID]) categoryIds!: string[];
  @Field(() => MoneyInput) unitPrice!: MoneyInput;
  @Field(() => Int) quantity!: number;
}

@InputType('QuoteDiscountInput')
export class QuoteDiscountInput {
  @Field(() => CurrencyCodeScalar) currency!: string;
  @Field(() => [CartLineInput]) lines!: CartLineInput[];
  @Field(() => [ID], {
    nullable: true,
    description: 'null: the whole wallet; given: the candidates.',
  })
  couponIds?: string[] | null;
  @Field(() => ID, { nullable: true, description: 'Coupons held by this order count as usable.' })
  orderId?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'A service or an operator quotes for somebody else.',
  })
  userId?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'As of then; for operators.' })
  at?: number | null;
}
