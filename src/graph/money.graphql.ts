import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import { formatMinor, parseMinor, type Money } from '../kernel/money.js';
import { requireInput } from '../kernel/input-error.js';
import { CurrencyCodeScalar, DecimalScalar } from './scalars.js';

@Directive('@shareable')
@ObjectType('Money', { description: 'An exact amount with exactly the digits of its currency.' })
export class MoneyObject {
  @Field(() => DecimalScalar) amount!: string;
  @Field(() => CurrencyCodeScalar) currency!: string;
}

@InputType('MoneyInput')
export class MoneyInput {
  @Field(() => DecimalScalar) amount!: string;
  @Field(() => CurrencyCodeScalar) currency!: string;
}

export function toMoney(money: Money): MoneyObject {
  return { amount: formatMinor(money.amountMinor, money.currency), currency: money.currency };
}

export function toMoneyOf(amountMinor: number, currency: string): MoneyObject {
  return toMoney({ amountMinor, currency });
}

export function toNullableMoney(amountMinor: number | null, currency: string): MoneyObject | null {
  return amountMinor === null ? null : toMoneyOf(amountMinor, currency);
}

/** Reads an amount that must be in `currency`. @throws InputError naming `field` */
export function readMoney(input: MoneyInput, currency: string, field: string): number {
  requireInput(input.currency === currency, `${field}.currency`, `must be ${currency}`);
  return parseMinor(input.amount, currency, `${field}.amount`);
}
