/**
 * Puts templates, coupons and quotes straight into the stores, so that a test starts where it means to
 * and not after a claim and a search.
 */
import { randomBytes } from 'node:crypto';
import type { Caller } from '../../src/kernel/caller.js';
import { newId } from '../../src/kernel/ids.js';
import { allocate } from '../../src/kernel/allocation.js';
import { makeCode } from '../../src/coupon/rules/coupon-code.js';
import type { QuoteStore } from '../../src/quote/quote-store.js';
import type { StoredQuote } from '../../src/quote/quote.types.js';
import type { Database } from '../../src/storage/database.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { insertTemplate } from '../../src/template/template.store.js';
import type { Template, TemplateRules } from '../../src/template/template.types.js';

const DAY_MS = 86_400_000;

export function callerOf(userId: string | null, ...scopes: string[]): Caller {
  return {
    userId,
    scopes: new Set(scopes),
    level: null,
    languages: ['en'],
    address: '127.0.0.1',
  };
}

export const orderService = callerOf('order-service', 'coupons:redeem');
export const operator = callerOf('operator', 'coupons:admin');

export function rulesOf(overrides: Partial<TemplateRules> = {}): TemplateRules {
  return {
    names: [{ language: 'en', name: 'A coupon' }],
    type: 'DIRECT_CUT',
    currency: 'CNY',
    tiers: [],
    repeatable: false,
    amountMinor: 1_000,
    rateBps: null,
    maxDiscountMinor: null,
    thresholdMinor: null,
    thresholdBasis: 'REMAINING',
    scope: {
      includeProducts: [],
      excludeProducts: [],
      includeCategories: [],
      excludeCategories: [],
    },
    stackStrategy: 'ALL',
    priority: 0,
    exclusionGroup: null,
    userLevels: [],
    redPacket: null,
    claimMethod: 'OPEN',
    grantOn: null,
    totalCount: null,
    perUserLimit: 100,
    claimFromMs: Date.now() - DAY_MS,
    claimUntilMs: Date.now() + 30 * DAY_MS,
    validity: { days: 30, fromMs: null, untilMs: null, timeZone: 'UTC' },
    share: null,
    experiment: null,
    experimentWeight: null,
    audience: [],
    verification: 'NEVER',
    riskPolicy: 'FAIL_OPEN',
    limits: { perNetworkPerHour: null, perDevicePerDay: null },
    ...overrides,
  };
}

/** An ACTIVE template at version 1. */
export async function seedTemplate(
  database: Database,
  overrides: Partial<TemplateRules> = {},
): Promise<Template> {
  const nowMs = Date.now();
  const template: Template = {
    id: newId(nowMs),
    status: 'ACTIVE',
    version: 1,
    revision: 1,
    rules: rulesOf(overrides),
    authorId: 'operator',
    issued: 0,
    epoch: 1,
    committedSeq: 0,
    seed: randomBytes(16).toString('hex'),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
  await database.transaction((sql) => insertTemplate(sql, template));
  return template;
}

export interface CouponSeed {
  readonly templateId: string;
  readonly userId: string;
  readonly expiresAtMs: number;
}

let slots = 0;

/** UNUSED coupons, version 1, as claims leave them; one statement for all. */
export async function seedCoupons(
  database: Database,
  seeds: readonly CouponSeed[],
): Promise<string[]> {
  const nowMs = Date.now();
  const rows = seeds.map(({ templateId, userId, expiresAtMs }) => {
    const id = newId(nowMs);
    return {
      id,
      values: [
        id,
        templateId,
        userId,
        (slots += 1),
        makeCode(randomBytes(14)),
        id.slice(4),
        id.slice(4),
        toSqlMoment(nowMs),
        toSqlMoment(nowMs - DAY_MS),
        toSqlMoment(expiresAtMs),
      ],
    };
  });
  const marks = rows.map(() => "(?, ?, 1, ?, ?, 'UNUSED', 1, ?, ?, ?, ?, ?, ?)").join(', ');
  await database.transaction((sql) =>
    sql.change(
      `INSERT INTO coupon (id, template_id, template_version, user_id, slot, status, version, code,
         claim_key, claim_fingerprint, claimed_at, valid_from, expires_at) VALUES ${marks}`,
      rows.flatMap(({ values }) => values),
    ),
  );
  return rows.map(({ id }) => id);
}

/** One UNUSED coupon of `userId` that is valid for another day. */
export async function seedCoupon(
  database: Database,
  seed: Pick<CouponSeed, 'templateId' | 'userId'> & Partial<CouponSeed>,
): Promise<string> {
  const [id] = await seedCoupons(database, [{ expiresAtMs: Date.now() + DAY_MS, ...seed }]);
  return id!;
}

export interface QuoteSeed {
  readonly userId: string;
  /** In the order of application, with what each takes off. */
  readonly coupons: readonly { readonly couponId: string; readonly discountMinor: number }[];
  readonly lines?: readonly {
    readonly lineId: string;
    readonly unitPriceMinor: number;
    readonly quantity: number;
  }[];
  readonly nowMs?: number;
  readonly ttlMs?: number;
  readonly currency?: string;
}

const TWO_LINES = [
  { lineId: 'l1', unitPriceMinor: 3_333, quantity: 3 },
  { lineId: 'l2', unitPriceMinor: 5_000, quantity: 2 },
];

/** A quote whose amounts add up, each discount spread over what is left of the lines. */
export function quoteOf(seed: QuoteSeed): StoredQuote {
  const nowMs = seed.nowMs ?? Date.now();
  const lines = [...(seed.lines ?? TWO_LINES)].sort((a, b) => (a.lineId < b.lineId ? -1 : 1));
  const subtotals = lines.map((line) => line.unitPriceMinor * line.quantity);
  const left = [...subtotals];
  const applied = seed.coupons.map(({ couponId, discountMinor }) => {
    const shares = allocate(discountMinor, left);
    shares.forEach((share, i) => (left[i]! -= share));
    return {
      couponId,
      discountMinor,
      lines: lines.flatMap(({ lineId }, i) =>
        shares[i]! > 0 ? [{ lineId, discountMinor: shares[i]! }] : [],
      ),
      rules: rulesOf(),
      templateId: 'template',
      templateVersion: 1,
    };
  });
  const subtotalMinor = subtotals.reduce((sum, minor) => sum + minor, 0);
  const payableMinor = left.reduce((sum, minor) => sum + minor, 0);
  return {
    id: randomBytes(16).toString('hex'),
    userId: seed.userId,
    orderId: null,
    currency: seed.currency ?? 'CNY',
    subtotalMinor,
    discountMinor: subtotalMinor - payableMinor,
    payableMinor,
    cart: lines.map((line) => ({ ...line, productId: 'p', categoryIds: [] })),
    lines: lines.map(({ lineId }, i) => ({
      lineId,
      subtotalMinor: subtotals[i]!,
      discountMinor: subtotals[i]! - left[i]!,
      payableMinor: left[i]!,
    })),
    applied,
    options: [],
    optimality: 'PROVED',
    upperBoundMinor: null,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + (seed.ttlMs ?? 15 * 60_000),
  };
}

/** As quoteOf, and kept where a hold looks for it. */
export async function makeQuote(quotes: QuoteStore, seed: QuoteSeed): Promise<StoredQuote> {
  const quote = quoteOf(seed);
  await quotes.save(quote);
  return quote;
}
