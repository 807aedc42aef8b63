/** A whole application on real stores, without HTTP: what most tests of use cases need. */
import { pino } from 'pino';
import { createApp, type App, type AppParts } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import type { Caller, Scope } from '../../src/kernel/caller.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import type { Template } from '../../src/template/template.types.js';
import { verify, type Verdict } from '../../src/upkeep/verify.js';
import { openStores, TestClock, type Stores } from './stores.js';

export interface World {
  readonly stores: Stores;
  readonly app: App;
  readonly clock: TestClock;
  verify(): Promise<Verdict>;
  close(): Promise<void>;
}

export async function openWorld(stores?: Stores, more: Partial<AppParts> = {}): Promise<World> {
  const own = stores ?? (await openStores());
  const clock = new TestClock();
  const { database, redis, sealer, codeKeys } = own;
  const app = createApp({
    config: readConfig({}),
    database,
    redis,
    sealer,
    codeKeys,
    clock,
    log: pino({ level: 'silent' }),
    ...more,
  });
  return {
    stores: own,
    app,
    clock,
    verify: () => verify({ database, redis, clock }),
    close: async () => {
      await app.committer.drain();
      await app.refusals.drain();
      if (stores === undefined) await own.close();
    },
  };
}

export function callerOf(
  userId: string | null,
  scopes: Scope[] = [],
  level: string | null = null,
): Caller {
  return { userId, scopes: new Set(scopes), level, languages: ['en'], address: '127.0.0.1' };
}

export const operator = callerOf('olga', ['coupons:admin']);
export const reviewer = callerOf('rolf', ['coupons:approve']);

const DAY_MS = 86_400_000;

/** Rules of a plain template: ¥20 off from ¥100, open now, one a user. */
export function rulesInput(nowMs: number, overrides: Partial<RulesInput> = {}): RulesInput {
  return {
    names: [{ language: 'en', name: 'Twenty off' }],
    type: 'FULL_CUT',
    currency: 'CNY',
    tiers: [
      { threshold: { amount: '100', currency: 'CNY' }, amount: { amount: '20', currency: 'CNY' } },
    ],
    totalCount: 100,
    claimFrom: nowMs - DAY_MS,
    claimUntil: nowMs + DAY_MS,
    validity: { days: 7, timeZone: 'Asia/Shanghai' },
    ...overrides,
  };
}

/** A template made the legal way: written, submitted, approved by another person, activated. */
export async function activeTemplate(
  { app, clock = app.clock }: Pick<World, 'app'> & { readonly clock?: Clock },
  overrides: Partial<RulesInput> = {},
): Promise<Template> {
  const made = await app.saveTemplate.create(operator, rulesInput(clock.nowMs(), overrides));
  if (!made.ok) throw new Error(made.rejection.code);
  const { id, version } = made.value;
  const step = { id, expectedVersion: version, reason: null };
  for (const [who, action] of [
    [operator, 'SUBMIT'],
    [reviewer, 'APPROVE'],
    [operator, 'ACTIVATE'],
  ] as const) {
    const moved = await app.moveTemplate.run(who, action, step);
    if (!moved.ok)
      throw new Error(`${action}: ${moved.rejection.code} ${moved.rejection.detail?.fact}`);
  }
  return (await app.catalog.fresh(id))!;
}

let claims = 0;

/** One claim with a key of its own unless told otherwise. @returns the coupon's id, or the refusal's code */
export async function claim(
  { app }: Pick<World, 'app'>,
  templateId: string,
  userId: string,
  idempotencyKey = `key-${(claims += 1)}`,
) {
  const request = { templateId, idempotencyKey, channel: null, deviceId: null };
  const result = await app.claimCoupon.run(callerOf(userId), request);
  if (!result.ok) return { code: result.rejection.code, replayed: false, couponId: null };
  return {
    code: 'CLAIMED' as const,
    replayed: result.value.replayed,
    couponId: result.value.coupon.id,
  };
}
