/**
 * The canary run: marked secrets through a whole life of coupons, over HTTP, with refusals, errors and an
 * outage; then nothing that people or other machines read has one of them, but where it belongs.
 *
 * A new feature joins with a canary (or an old one) and a step; a new place where a secret belongs is a line
 * of BELONGS, which is to be defended in a review.
 */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ERASE_AGAIN_MS } from '../../src/config/limits.js';
import { logOptions } from '../../src/logger.js';
import { newId } from '../../src/kernel/ids.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { dumpDatabase, dumpRedis } from '../kit/dump.js';
import { activeTemplate } from '../kit/world.js';
import { systemClock } from '../../src/kernel/clock.js';
import { ROUTER_PROOF_HEADER } from '../../src/subgraph/sign-for-service.js';
import { start, type Answer, type TestService } from '../kit/service.js';

/** Each is in nothing else by chance. */
const CANARIES = {
  user: 'canary-user-7f3a',
  forgotten: 'canary-forgotten-51c2',
  order: 'canary-order-90b1',
  device: 'canary-device-2d4e',
  address: '203.0.113.77',
  verification: 'canary-verification-c801',
  idempotencyKey: 'canary-key-4417',
  channel: 'canary-channel-0a0a',
  guardKey: 'canary-guard-key-of-32-characters',
  routerProof: 'canary-proof-3b9e',
  injected: "canary' OR sleep(0) -- 66ff",
} as const;
type Canary = keyof typeof CANARIES;
type Coded = { readonly batch: { readonly codes: { readonly nodes: { code: string }[] } } };

/**
 * Where a canary may stand: a table and column, or the kind of a Redis key. Tokens, the codes of batches and the
 * secrets of webhooks are never at rest as they are told.
 */
const BELONGS: Readonly<Record<string, readonly (Canary | 'code')[]>> = {
  'coupon.user_id': ['user', 'forgotten'],
  'coupon.order_id': ['order'],
  'coupon.code': ['code'],
  'coupon.channel': ['channel'],
  'redemption.user_id': ['user'],
  'redemption.order_id': ['order'],
  'redemption.live_order_id': ['order'],
  'redemption.snapshot': ['user', 'order'],
  'refund.order_id': ['order'],
  'refund.actor': ['user'],
  'audit.actor': ['user'],
  'audit.details': ['user', 'order'],
  'outbox.payload': ['user', 'order'],
  'event_log.payload': ['user', 'order'],
  'webhook_delivery.body': ['user', 'order', 'channel'],
  'redis events': ['user', 'order', 'channel'],
  'redis takers': ['user'],
  'redis quote': ['user', 'order'],
  'redis hold': ['order'],
};

describe('the canary run', () => {
  let service: TestService;
  let token: string;
  let code = '';
  /** Of a batch: whoever has it has a coupon. */
  let exchange = '';
  let webhookSecret = '';
  const replies: Answer<Record<string, unknown>>[] = [];
  const logged: string[] = [];
  const log = pino(logOptions('info', CANARIES.guardKey), {
    write: (line: string) => void logged.push(line),
  });

  const ask = async (document: string, variables: object = {}, who = token) => {
    const headers = {
      'x-forwarded-for': CANARIES.address,
      [ROUTER_PROOF_HEADER]: CANARIES.routerProof,
    };
    const reply = await service.query<Record<string, unknown>, object>(
      document,
      variables,
      who,
      headers,
    );
    replies.push(reply);
    return reply;
  };

  beforeAll(async () => {
    service = await start({
      log,
      env: { ROLE: 'api', GUARD_KEY: CANARIES.guardKey, RISK_URL: 'http://127.0.0.1:1/risk' },
    });
    token = await service.token({ sub: CANARIES.user, scope: 'coupons:redeem' });
    await liveThroughAll();
  });
  afterAll(() => service.stop());

  async function liveThroughAll(): Promise<void> {
    const world = { app: service.app, clock: systemClock } as never;
    const { id: templateId } = await activeTemplate(world, { perUserLimit: 2 });
    const risky = await activeTemplate(world, { verification: 'WHEN_RISKY', perUserLimit: 9 });
    const claim = (template: string, key: string) =>
      ask(
        `mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) { __typename
          ... on CouponClaimed { coupon { id code } } ... on Rejection { code message } } }`,
        {
          input: {
            templateId: template,
            idempotencyKey: `${CANARIES.idempotencyKey}-${key}`,
            channel: CANARIES.channel,
            deviceId: CANARIES.device,
            verificationToken: CANARIES.verification,
          },
        },
      );
    const claimed = await claim(templateId, '1');
    code = (claimed.data!['claimCoupon'] as { coupon: { code: string } }).coupon.code;
    for (const key of ['1', '2', '3']) await claim(templateId, key);
    for (let i = 0; i < 12; i += 1) await claim(risky.id, `risky-${i}`);
    await ask('query ($code: String!) { couponByCode(code: $code) { id } }', { code });
    await claimWithCode();
    await redeem();
    await tellNobody();
    await wrongDoings(templateId);
    await outages(templateId, claim);
    await forget(templateId);
  }

  /** A quote, held, confirmed and refunded in part; and another that stays held. */
  async function redeem(): Promise<void> {
    const line = { lineId: 'l1', productId: 'p1', categoryIds: [], quantity: 2 };
    const lines = [{ ...line, unitPrice: { amount: '100.00', currency: 'CNY' } }];
    const orderId = CANARIES.order;
    const priced = await ask(
      'query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) { id } }',
      { input: { currency: 'CNY', lines, orderId, userId: CANARIES.user } },
    );
    const quoteId = (priced.data!['quoteDiscount'] as { id: string }).id;
    const step = (name: string, type: string, input: object) =>
      ask(
        `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on Rejection { message } } }`,
        { input },
      );
    await step('holdCoupons', 'HoldCouponsInput', { orderId, quoteId });
    await step('confirmRedemption', 'ConfirmRedemptionInput', { orderId });
    const refund = { lines: [{ lineId: 'l1', quantity: 1 }], idempotencyKey: 'r-1' };
    await step('refundRedemption', 'RefundRedemptionInput', { orderId, ...refund });
    await step('confirmRedemption', 'ConfirmRedemptionInput', { orderId: `${orderId}-unknown` });
    await step('holdCoupons', 'HoldCouponsInput', { orderId: `${orderId}-x`, quoteId: 'unknown' });
  }

  /** A code of a batch: claimed, told again, mistyped. Operators see it when they list the batch. */
  async function claimWithCode(): Promise<void> {
    const world = { app: service.app, clock: systemClock } as never;
    const { id } = await activeTemplate(world, { claimMethod: 'CODE' });
    const made = await service.query<{ generateCodes: Coded }, object>(
      `mutation ($input: GenerateCodesInput!) { generateCodes(input: $input) {
        ... on BatchStarted { batch { codes(first: 1) { nodes { code } } } } } }`,
      { input: { templateId: id, count: 1, idempotencyKey: 'codes' } },
      await service.token({ sub: 'operator', scope: 'coupons:admin' }),
    );
    exchange = made.data!.generateCodes.batch.codes.nodes[0]!.code;
    for (const [told, idempotencyKey] of [
      [exchange, 'by-code'],
      [exchange, 'again'],
      [`${exchange}X`, 'mistyped'],
    ])
      await ask(
        `mutation ($input: ClaimByCodeInput!) { claimByCode(input: $input) { __typename
          ... on Rejection { code message } } }`,
        { input: { code: told, idempotencyKey } },
      );
  }

  /** An endpoint that nobody answers at: what is to be told waits, signed with a secret that is told once. */
  async function tellNobody(): Promise<void> {
    const operator = await service.token({ sub: 'operator', scope: 'coupons:admin' });
    const made = await service.query<{ createWebhookEndpoint: { secret: string } }, object>(
      `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
        ... on WebhookEndpointSaved { secret } } }`,
      { input: { url: 'http://127.0.0.1:1/hooks' } },
      operator,
    );
    webhookSecret = made.data!.createWebhookEndpoint.secret;
    await ask(
      `mutation ($input: RefundRedemptionInput!) { refundRedemption(input: $input) { __typename } }`,
      {
        input: {
          orderId: CANARIES.order,
          lines: [{ lineId: 'l1', quantity: 1 }],
          idempotencyKey: 'r-2',
        },
      },
    );
    await service.app.relay.pass(service.stores.database);
    await service.app.webhooks.deliver.settled();
    await ask('{ webhookEndpoints { id url waiting history { action actor } } }', {}, operator);
  }

  async function wrongDoings(templateId: string): Promise<void> {
    const { injected } = CANARIES;
    await ask('query ($id: ID!) { coupon(id: $id) { id } template(id: $id) { id } }', {
      id: injected,
    });
    await ask(`{ template(id: "${templateId}") { history { actor } } }`);
    await ask('{ quarantinedClaims { totalCount } }');
    await ask('{ myCoupons { totalCount } }', {}, `${token}x`);
    // A broken entry in a journal, of whoever wrote it.
    const broken = ['draft', JSON.stringify({ userId: CANARIES.forgotten, code })];
    await service.stores.redis.client.xadd(redisKeys.journal(templateId), '*', ...broken);
    await service.app.settleJournals.run(0);
  }

  /** The stores fail in the words of their drivers, which repeat what they were given. */
  async function outages(
    templateId: string,
    claim: (template: string, key: string) => Promise<unknown>,
  ): Promise<void> {
    const { database, redis } = service.stores;
    const text = `Duplicate entry '${templateId}-${CANARIES.user}-1' for key 'uk_coupon_slot'`;
    const sql = `INSERT INTO coupon VALUES ('${CANARIES.user}', '${code}')`;
    const command = { name: 'set', args: [CANARIES.device, token, CANARIES.order] };
    const failing = Object.assign(new Error(text), { errno: 1062, sql, sqlMessage: text, command });
    const spies = [
      vi.spyOn(database, 'rows').mockRejectedValue(failing),
      vi.spyOn(database, 'transaction').mockRejectedValue(failing),
    ];
    await ask(`{ myCoupons { totalCount } coupon(id: "${newId(1)}") { id } }`);
    await claim(templateId, 'failing');
    for (const spy of spies) spy.mockRestore();
    const run = vi.spyOn(redis, 'run').mockRejectedValue(failing);
    await claim(templateId, 'without-redis');
    run.mockRestore();
    log.error({ err: failing, userId: CANARIES.user, orderId: CANARIES.order }, 'failing');
    log.warn({ request: { headers: { authorization: `Bearer ${token}` } } }, `for ${code}`);
    log.warn({ headers: { [ROUTER_PROOF_HEADER]: CANARIES.routerProof }, secret: webhookSecret });
  }

  /** One user more, who is erased to the end. */
  async function forget(templateId: string): Promise<void> {
    const { database } = service.stores;
    const claimant = await service.token({ sub: CANARIES.forgotten });
    const input = { templateId, idempotencyKey: 'k' };
    await ask(
      'mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) { __typename } }',
      { input },
      claimant,
    );
    const admin = await service.token({ sub: 'operator', scope: 'coupons:admin' });
    const erase = { userId: CANARIES.forgotten, reason: 'ticket 1', idempotencyKey: 'e' };
    const erased = await ask(
      'mutation ($input: EraseUserInput!) { eraseUser(input: $input) { __typename } }',
      { input: erase },
      admin,
    );
    expect(erased.data).toEqual({ eraseUser: { __typename: 'ErasureStarted' } });
    await database.transaction((own) =>
      own.change('UPDATE erasure SET due_at = due_at - INTERVAL ? SECOND', [
        ERASE_AGAIN_MS / 1_000,
      ]),
    );
    await service.app.runErasures.run(database);
  }

  /** Every secret of this run; the code and the token were made in it. */
  const secrets = (): [name: string, text: string][] => [
    ...Object.entries(CANARIES),
    ['code', code],
    ['exchange code', exchange],
    ['secret of a webhook', webhookSecret],
    ['key of a webhook', webhookSecret.slice('whsec_'.length)],
    ['token', token],
    ['signature of the token', token.split('.')[2]!],
  ];
  const foundIn = (text: string): string[] =>
    secrets().flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

  it('went through what it means to: claims, refusals, a redemption, faults, an erasure', async () => {
    const lines = logged.join('');
    for (const said of ['unexpected error', 'set aside', 'failing', 'guard went on without'])
      expect(lines).toContain(said);
    const answers = JSON.stringify(replies);
    for (const said of [
      'CouponClaimed',
      'USER_LIMIT_REACHED',
      'RedemptionDone',
      'INTERNAL_SERVER_ERROR',
    ])
      expect(answers).toContain(said);
    for (const said of ['CODE_INVALID', '"waiting":']) expect(answers).toContain(said);
    const [told] = await service.stores.database.rows(
      'SELECT COUNT(*) AS waiting FROM webhook_delivery WHERE tries > 0',
    );
    expect(Number(told!['waiting'])).toBeGreaterThan(0);
    expect(await service.stores.database.rows('SELECT status FROM erasure')).toEqual([
      { status: 'DONE' },
    ]);
  });

  it('left no secret in the log', () => {
    expect(foundIn(logged.join(''))).toEqual([]);
  });

  it('left no secret in an answer, but the code for its owner', () => {
    const found = replies.flatMap(({ data }) => foundIn(JSON.stringify(data)));
    expect(found.filter((name) => name !== 'code')).toEqual([]);
    const errors = replies.flatMap(({ errors }) => foundIn(JSON.stringify(errors)));
    expect(errors).toEqual([]);
  });

  it('left no secret in the metrics', async () => {
    const response = await fetch(service.url.replace('/graphql', '/metrics'));
    const text = await response.text();
    expect(text).toMatch(/coupons_claims_total\{outcome="CLAIMED"\} [1-9]/);
    expect(text).toContain('coupons_http_request_seconds');
    expect(foundIn(text)).toEqual([]);
  });

  it('left no secret in MySQL, but where it belongs', async () => {
    const cells = (await dumpDatabase(service.stores.database)).split(/[\t\n]/);
    expect(misplaced(cells.map((cell) => [cell.split('=')[0]!, cell]))).toEqual([]);
  });

  it('left no secret in Redis, but where it belongs', async () => {
    const lines = (await dumpRedis(service.stores.redis)).split('\n');
    const kinds = lines.map((line) => [`redis ${/^(?:\{.*\}:)?([a-z]+)/.exec(line)?.[1]}`, line]);
    expect(misplaced(kinds as [string, string][])).toEqual([]);
  });

  it('finds a secret that is planted, in each of the places', async () => {
    const { database, redis } = service.stores;
    log.info({ note: `seen ${CANARIES.device}` }, 'planted');
    expect(foundIn(logged.join(''))).toEqual(['device']);
    logged.pop();
    expect(misplaced([['job.last_error', `x=${CANARIES.order}`]])).toEqual([
      'job.last_error: order',
    ]);
    await redis.client.set('planted', CANARIES.address);
    expect(foundIn(await dumpRedis(redis))).toContain('address');
    await redis.client.del('planted');
    await database.transaction((own) =>
      own.change(
        `INSERT INTO job (name, every_ms, token, handled, due_at, created_at, last_error)
         VALUES ('planted', 1, 0, 0, NOW(3), NOW(3), ?)`,
        [code],
      ),
    );
    const cells = (await dumpDatabase(database)).split(/[\t\n]/);
    const places = cells.map((cell): [string, string] => [cell.split('=')[0]!, cell]);
    expect(misplaced(places)).toEqual(['job.last_error: code']);
  });

  function misplaced(places: readonly (readonly [place: string, text: string])[]): string[] {
    return places.flatMap(([place, text]) => {
      const allowed: readonly string[] = BELONGS[place] ?? [];
      return foundIn(text)
        .filter((name) => !allowed.includes(name))
        .map((name) => `${place}: ${name}`);
    });
  }
});
