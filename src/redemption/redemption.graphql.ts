/** Redemptions as the graph shows them, and what is sent to change them. */
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { enumOf } from '../graph/enum-of.js';
import { MoneyObject, toMoneyOf } from '../graph/money.graphql.js';
import { OrderObject } from '../graph/neighbours.graphql.js';
import { resultUnion } from '../graph/result-union.js';
import { DateTimeScalar } from '../graph/scalars.js';
import {
  REDEMPTION_STATUSES,
  type RedeemedLine,
  type Redemption,
  type RedemptionStatus,
} from './redemption.types.js';
import { refundedPayableOf } from './rules/refund-shares.js';

export const RedemptionStatusEnum = enumOf('RedemptionStatus', REDEMPTION_STATUSES);

@ObjectType('RedeemedLine', { description: 'One line of the order, and what came back of it.' })
export class RedeemedLineObject {
  @Field(() => ID) lineId!: string;
  @Field(() => Int) quantity!: number;
  @Field(() => MoneyObject) subtotal!: MoneyObject;
  @Field(() => MoneyObject) discount!: MoneyObject;
  @Field(() => MoneyObject) payable!: MoneyObject;
  @Field(() => Int) refundedQuantity!: number;
  @Field(() => MoneyObject, { description: 'Of the discount, what refunds took back.' })
  refundedDiscount!: MoneyObject;
  @Field(() => MoneyObject, {
    description:
      'The price of the refunded units less their discount: what the customer gets back.',
  })
  refundedPayable!: MoneyObject;
}

@ObjectType('Redemption', {
  description: 'The coupons of one order: held, used, or given back.',
})
export class RedemptionObject {
  @Field(() => ID) id!: string;
  @Field(() => OrderObject) order!: Pick<OrderObject, 'id'>;
  @Field(() => RedemptionStatusEnum) status!: RedemptionStatus;
  @Field(() => MoneyObject) discount!: MoneyObject;
  @Field(() => MoneyObject, { description: 'Of the discount, what refunds took back.' })
  refunded!: MoneyObject;
  @Field(() => [RedeemedLineObject], { description: 'In the order of lineId.' })
  lines!: RedeemedLineObject[];
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'HELD: until when. EXPIRED: when it ended.',
  })
  heldUntil!: number | null;
  @Field(() => DateTimeScalar) createdAt!: number;
  @Field(() => DateTimeScalar) updatedAt!: number;

  /** For the field `coupons`, which redemption.resolver.ts resolves. */
  couponIds!: readonly string[];
}

export function toRedemptionObject(redemption: Redemption): RedemptionObject {
  const money = (amountMinor: number): MoneyObject => toMoneyOf(amountMinor, redemption.currency);
  return {
    id: redemption.id,
    order: { id: redemption.orderId },
    status: redemption.status,
    discount: money(redemption.discountMinor),
    refunded: money(redemption.refundedMinor),
    lines: redemption.lines.map((line) => toLineObject(line, money)),
    heldUntil: redemption.heldUntilMs,
    createdAt: redemption.createdAtMs,
    updatedAt: redemption.updatedAtMs,
    couponIds: redemption.coupons.map(({ couponId }) => couponId),
  };
}

function toLineObject(
  line: RedeemedLine,
  money: (amountMinor: number) => MoneyObject,
): RedeemedLineObject {
  return {
    lineId: line.lineId,
    quantity: line.quantity,
    subtotal: money(line.subtotalMinor),
    discount: money(line.discountMinor),
    payable: money(line.subtotalMinor - line.discountMinor),
    refundedQuantity: line.refundedQuantity,
    refundedDiscount: money(line.refundedMinor),
    refundedPayable: money(refundedPayableOf(line)),
  };
}

@InputType('HoldCouponsInput', {
  description:
    'The same quote replays; another quote replaces a hold, and conflicts once confirmed.',
})
export class HoldCouponsInput {
  @Field(() => ID) orderId!: string;
  @Field(() => ID) quoteId!: string;
}

@InputType('ConfirmRedemptionInput')
export class ConfirmRedemptionInput {
  @Field(() => ID) orderId!: string;
}

@InputType('ReleaseRedemptionInput')
export class ReleaseRedemptionInput {
  @Field(() => ID) orderId!: string;
  @Field(() => String, { nullable: true }) reason?: string | null;
}

@InputType('RefundLineInput')
export class RefundLineInput {
  @Field(() => ID) lineId!: string;
  @Field(() => Int) quantity!: number;
}

@InputType('RefundRedemptionInput')
export class RefundRedemptionInput {
  @Field(() => ID) orderId!: string;
  @Field(() => [RefundLineInput], { nullable: true, description: 'Left out: everything left.' })
  lines?: RefundLineInput[] | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
  @Field(() => String) idempotencyKey!: string;
}

@ObjectType('RedemptionDone')
export class RedemptionDoneObject {
  @Field(() => RedemptionObject) redemption!: RedemptionObject;
  @Field(() => Boolean, { description: 'An earlier request had done it already.' })
  replayed!: boolean;
}

export const RedemptionResult = resultUnion('RedemptionResult', () => RedemptionDoneObject);
