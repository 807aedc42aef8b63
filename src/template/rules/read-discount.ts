/** The part of the rules that belongs to the type of a coupon: which fields it needs, and which it forbids. */
import { TIERS_MAX } from '../../config/limits.js';
import { requireInput } from '../../kernel/input-error.js';
import { parseMinor } from '../../kernel/money.js';
import type { CouponType, DiscountTier, RedPacketRule, TemplateRules } from '../template.types.js';
import type { MoneyText, RulesInput } from './rules-input.js';

type TypedField =
  'tiers' | 'repeatable' | 'amount' | 'rate' | 'maxDiscount' | 'redPacket' | 'threshold';

interface FieldsOfType {
  readonly required: readonly TypedField[];
  readonly allowed: readonly TypedField[];
}

const FIELDS: { readonly [T in CouponType]: FieldsOfType } = {
  FULL_CUT: { required: ['tiers'], allowed: ['repeatable', 'maxDiscount'] },
  DISCOUNT: { required: ['rate'], allowed: ['maxDiscount', 'threshold'] },
  DIRECT_CUT: { required: ['amount'], allowed: ['threshold'] },
  RED_PACKET: { required: ['redPacket'], allowed: ['threshold'] },
  EXCHANGE: { required: [], allowed: ['threshold'] },
};
const TYPED_FIELDS: readonly TypedField[] = [
  'tiers',
  'repeatable',
  'amount',
  'rate',
  'maxDiscount',
  'redPacket',
  'threshold',
];

type DiscountPart = Pick<
  TemplateRules,
  | 'type'
  | 'tiers'
  | 'repeatable'
  | 'amountMinor'
  | 'rateBps'
  | 'maxDiscountMinor'
  | 'redPacket'
  | 'thresholdMinor'
  | 'thresholdBasis'
>;

/** @throws InputError naming the field */
export function readDiscount(
  input: RulesInput,
  totalCount: number | null,
  at: string,
): DiscountPart {
  requireFieldsOfType(input, at);
  const money = (value: MoneyText | null | undefined, field: string): number | null =>
    value === null || value === undefined
      ? null
      : readPositive(value, input.currency, `${at}.${field}`);
  const tiers = readTiers(input, at);
  const repeatable = input.repeatable ?? false;
  requireInput(!repeatable || tiers.length === 1, `${at}.repeatable`, 'goes with exactly one tier');
  requireInput(
    input.type !== 'FULL_CUT' || repeatable || !input.maxDiscount,
    `${at}.maxDiscount`,
    'of a FULL_CUT goes with repeatable',
  );
  return {
    type: input.type,
    tiers,
    repeatable,
    amountMinor: money(input.amount, 'amount'),
    rateBps: input.rate ? readRate(input.rate, `${at}.rate`) : null,
    maxDiscountMinor: money(input.maxDiscount, 'maxDiscount'),
    redPacket: readRedPacket(input, totalCount, at),
    thresholdMinor: money(input.threshold, 'threshold'),
    thresholdBasis: input.thresholdBasis ?? 'REMAINING',
  };
}

function requireFieldsOfType(input: RulesInput, at: string): void {
  const { required, allowed } = FIELDS[input.type];
  for (const field of TYPED_FIELDS) {
    const value = input[field];
    const isGiven = value !== null && value !== undefined && value !== false && !isEmptyList(value);
    requireInput(
      isGiven || !required.includes(field),
      `${at}.${field}`,
      `is required for ${input.type}`,
    );
    requireInput(
      !isGiven || required.includes(field) || allowed.includes(field),
      `${at}.${field}`,
      `does not belong to ${input.type}`,
    );
  }
}

function readTiers(input: RulesInput, at: string): DiscountTier[] {
  const tiers = (input.tiers ?? []).map((tier, index) => ({
    thresholdMinor: readPositive(tier.threshold, input.currency, `${at}.tiers[${index}].threshold`),
    amountMinor: readPositive(tier.amount, input.currency, `${at}.tiers[${index}].amount`),
  }));
  requireInput(tiers.length <= TIERS_MAX, `${at}.tiers`, `must have at most ${TIERS_MAX} tiers`);
  tiers.slice(1).forEach((tier, index) => {
    const before = tiers[index]!;
    const here = `${at}.tiers[${index + 1}]`;
    requireInput(tier.thresholdMinor > before.thresholdMinor, `${here}.threshold`, 'must ascend');
    requireInput(tier.amountMinor > before.amountMinor, `${here}.amount`, 'must ascend');
  });
  return tiers;
}

const RATE = /^0\.(\d{1,4})0*$/;

/** What is paid, in basis points: "0.80" is 8000. */
function readRate(text: string, field: string): number {
  const match = RATE.exec(text);
  requireInput(match !== null, field, 'must be between 0 and 1 with at most 4 digits, e.g. "0.80"');
  const rateBps = Number(match[1]!.padEnd(4, '0'));
  requireInput(rateBps > 0, field, 'must be more than 0');
  return rateBps;
}

function readRedPacket(
  input: RulesInput,
  totalCount: number | null,
  at: string,
): RedPacketRule | null {
  if (!input.redPacket) return null;
  const read = (value: MoneyText, field: string) =>
    readPositive(value, input.currency, `${at}.redPacket.${field}`);
  const minMinor = read(input.redPacket.min, 'min');
  const maxMinor = read(input.redPacket.max, 'max');
  const budgetMinor = read(input.redPacket.budget, 'budget');
  requireInput(totalCount !== null, `${at}.totalCount`, 'is required for RED_PACKET');
  requireInput(minMinor <= maxMinor, `${at}.redPacket.max`, 'must not be below min');
  const n = BigInt(totalCount);
  const isPossible =
    BigInt(minMinor) * n <= BigInt(budgetMinor) && BigInt(budgetMinor) <= BigInt(maxMinor) * n;
  requireInput(
    isPossible,
    `${at}.redPacket.budget`,
    'must be between min and max times totalCount',
  );
  return { minMinor, maxMinor, budgetMinor, areDrawsMixed: true };
}

function readPositive(value: MoneyText, currency: string, field: string): number {
  requireInput(value.currency === currency, `${field}.currency`, `must be ${currency}`);
  const amountMinor = parseMinor(value.amount, currency, `${field}.amount`);
  requireInput(amountMinor > 0, `${field}.amount`, 'must be more than 0');
  return amountMinor;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
