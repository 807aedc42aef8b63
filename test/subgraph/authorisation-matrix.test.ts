/**
 * Every field of every type, asked by every kind of caller on every way there is to it. The cells are made
 * from the schema, and what each must say from the table of access and whose the object is.
 */
import { getNamedType, isCompositeType, parse, visit, type FieldNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { accessOf } from '../../src/subgraph/access.js';
import { JOB_SQL } from '../../src/upkeep/frame/job.store.js';
import { callerOf, operator, seedCoupon, seedTemplate } from '../kit/seed.js';
import { openHttp, type Http, type Reply } from './http.js';
import {
  CALLERS,
  doorsOf,
  expectedOf,
  isGivenByObject,
  isGivenByRoot,
  NOT_OFFERED,
  objectTypes,
  reachedFromEntities,
  WAYS,
  type CallerName,
  type Seeds,
  type Way,
} from './authorisation-matrix.js';

const LINES = [
  {
    lineId: 'l1',
    productId: 'p',
    categoryIds: [],
    unitPrice: { amount: '100.00', currency: 'CNY' },
    quantity: 1,
  },
];
const DEAD_LETTER = `INSERT INTO webhook_delivery (id, endpoint_id, event_id, subject_id, type, position,
    ordinal, body, status, tries, created_at, updated_at)
  VALUES (?, ?, ?, ?, 'coupon.claimed', 1, 0, '{}', 'DEAD', 14, ?, ?)`;
const NAMES = Object.keys(CALLERS) as CallerName[];

describe('the authorisation matrix', () => {
  let http: Http;
  let seeds: Seeds;
  const tokens = {} as Record<CallerName, string>;
  let keys = 0;

  beforeAll(async () => {
    const none = { CLAIMS_PER_NETWORK_PER_HOUR: '0', CLAIMS_PER_DEVICE_PER_DAY: '0' };
    http = await openHttp(none);
    for (const [name, claims] of Object.entries(CALLERS) as [CallerName, object | null][])
      tokens[name] = claims === null ? '' : await http.token({ sub: name, ...claims });
    seeds = await seed();
  });
  afterAll(() => http.close());

  async function seed(): Promise<Seeds> {
    const { database } = http.stores;
    const [plain, single, tiered, redPacket, shared] = await Promise.all([
      seedTemplate(database, { stackStrategy: 'ALL' }),
      seedTemplate(database, { stackStrategy: 'NONE', amountMinor: 10 }),
      seedTemplate(database, {
        type: 'FULL_CUT',
        amountMinor: null,
        tiers: [{ thresholdMinor: 1_000, amountMinor: 100 }],
      }),
      seedTemplate(database, {
        type: 'RED_PACKET',
        amountMinor: null,
        totalCount: 10,
        redPacket: { minMinor: 1, maxMinor: 10, budgetMinor: 50 },
      }),
      seedTemplate(database, {
        claimMethod: 'SHARE',
        share: { acceptLimit: 3, rewardTemplateId: null },
      }),
    ]);
    await database.transaction((sql) =>
      sql.change(
        `INSERT INTO share (id, template_id, user_id, token, accept_limit, places_left, reward_template_id,
           reward_status, created_at) VALUES (?, ?, 'sharer', ?, 3, 3, ?, 'PENDING', NOW(3))`,
        [newId(1), shared.id, 't'.repeat(22), plain.id],
      ),
    );
    const give = (template: { readonly id: string }) =>
      seedCoupon(database, { templateId: template.id, userId: 'owner' });
    const freezable = [await give(single)];
    const heldCoupon = await give(plain);
    await give(single);
    const input = { currency: 'CNY', lines: LINES };
    const { data } = await http.ask(
      'query ($input: QuoteDiscountInput!) { quoteDiscount(input: $input) { id } }',
      { input },
      tokens.owner,
    );
    const quote = (data!['quoteDiscount'] as { id: string }).id;
    const held = await http.ask(
      `mutation { holdCoupons(input: {orderId: "order-1", quoteId: "${quote}"}) { __typename } }`,
      {},
      tokens.orderService,
    );
    expect(held.data).toEqual({ holdCoupons: { __typename: 'RedemptionDone' } });
    const coupon = await give(plain);
    const now = toSqlMoment(Date.now());
    const endpoint = await http.ask(
      `mutation { createWebhookEndpoint(input: {url: "https://hooks.example.org/"}) {
        ... on WebhookEndpointSaved { endpoint { id } } } }`,
      {},
      tokens.operator,
    );
    const webhook = (endpoint.data!['createWebhookEndpoint'] as { endpoint: { id: string } })
      .endpoint.id;
    const deadLetter = newId(2);
    await database.transaction(async (sql) => {
      await sql.change('INSERT INTO risk_denial (template_id, minute, denied) VALUES (?, ?, 1)', [
        plain.id,
        now,
      ]);
      const conflicts = [{ templateId: single.id, reason: 'STACKING', displaced: 0 }];
      const counts = { orders: 1, hit: 1, costMinor: 1, otherCurrency: 0, bounded: 0 };
      await sql.change(
        `INSERT INTO template_simulation (template_id, version, simulated_at, actor, summary)
         VALUES (?, 1, ?, 'operator', ?)`,
        [
          plain.id,
          now,
          JSON.stringify({ ...counts, isComplete: true, currency: 'CNY', conflicts }),
        ],
      );
      await sql.change(
        `INSERT INTO quarantined_claim (id, template_id, fingerprint, reason, tries, entry, quarantined_at)
         VALUES (?, ?, 'x', 'x', 1, '{}', ?)`,
        [newId(1), plain.id, now],
      );
      await sql.change(
        `INSERT INTO audit (subject, subject_id, seq, action, actor, at)
         VALUES ('TEMPLATE', ?, 1, 'CREATED', 'operator', ?)`,
        [tiered.id, now],
      );
      // One is replayed, the other stays to be seen.
      for (const id of [deadLetter, newId(3)])
        await sql.change(DEAD_LETTER, [id, webhook, `event ${id}`, id, now, now]);
      await sql.change(JOB_SQL.insert, ['expire-coupons', 5_000]);
    });
    const request = { templateId: plain.id, reason: 'x', idempotencyKey: 'seeded' };
    const listed = [{ userId: 'somebody', place: '' }];
    const started = await http.app.startGrant.run(operator, request, listed);
    if (!started.ok) throw new Error(started.rejection.code);
    const grant = started.value.grant.id;
    await database.transaction((sql) =>
      sql.change(
        "UPDATE grant_member SET state = 'REFUSED', refusal = 'SOLD_OUT' WHERE grant_id = ?",
        [grant],
      ),
    );
    const { coded, batch } = await seedCodes();
    await seedArms();
    const forgotten = { userId: 'forgotten', reason: 'ticket 1', idempotencyKey: 'e-1' };
    await http.app.eraseUser.run(callerOf('operator', 'coupons:admin'), forgotten);
    return {
      coupon,
      heldCoupon,
      template: plain.id,
      redPacket: redPacket.id,
      tiered: tiered.id,
      shared: shared.id,
      quote,
      order: 'order-1',
      code: 'x',
      webhook,
      deadLetter,
      grant,
      coded,
      batch,
      experiment: 'matrix',
      freezable,
    };
  }

  async function seedCodes(): Promise<{ coded: string; batch: string }> {
    const { id: coded } = await seedTemplate(http.stores.database, { claimMethod: 'CODE' });
    const request = { templateId: coded, count: 1, idempotencyKey: 'seeded' };
    const made = await http.app.codes.generate.run(operator, request);
    if (!made.ok) throw new Error(made.rejection.code);
    return { coded, batch: made.value.id };
  }

  /** Two arms that were counted, and have nothing left: there is an alert too. */
  async function seedArms(): Promise<void> {
    const { database } = http.stores;
    for (let arms = 0; arms < 2; arms += 1) {
      const { id } = await seedTemplate(database, { experiment: 'matrix', totalCount: 2 });
      await database.transaction(async (sql) => {
        await sql.change('UPDATE template SET issued = 2 WHERE id = ?', [id]);
        await sql.change(
          `INSERT INTO template_count (template_id, counted_at, due_at, took_ms, unused, held, used, expired,
             frozen, revoked, expiring, discount_given_minor, by_channel)
           VALUES (?, NOW(3), '2099-01-01', 1, 1, 0, 1, 0, 0, 0, 0, 0, '[]')`,
          [id],
        );
      });
    }
  }

  /** Why there is no such cell; undefined: there is one, and it must have a door. */
  function whyNot(typeName: string, way: Way): string | undefined {
    const { schema } = http;
    if (way === 'query' && !isGivenByRoot(schema, typeName)) return 'no root field gives one';
    if (way === 'nested' && !isGivenByObject(schema, typeName)) return 'no object leads to one';
    if (way === 'entities' && !reachedFromEntities(schema).has(typeName))
      return 'no entity leads to one';
    return NOT_OFFERED[typeName];
  }

  function outcomeOf({ data, errors }: Reply, document: string): string {
    const code = errors[0]?.extensions.code;
    if (code !== undefined) return code;
    let value: unknown = data;
    for (const name of namesOf(document)) {
      if (Array.isArray(value)) value = value.at(-1);
      if (value === null || value === undefined) return 'NOTHING';
      if (name === '@') return Object.keys(value).length > 0 ? 'VALUE' : 'NOTHING';
      value = (value as Record<string, unknown>)[name];
    }
    return 'NOTHING';
  }

  /** The fields on the way to the hole, and the hole. */
  function namesOf(document: string): string[] {
    const names: string[] = [];
    const Field = ({ name }: FieldNode): void => void names.push(name.value);
    visit(parse(document.replace('@', '__typename')), { Field });
    return [...names.slice(0, -1), '@'];
  }

  it('has a door, or a reason why there is none, for every type on every way', () => {
    const doors = doorsOf(seeds, () => '');
    const missing = objectTypes(http.schema).flatMap(({ name }) =>
      WAYS.filter((way) => doors[name]?.[way] === undefined && whyNot(name, way) === undefined).map(
        (way) => `${name} by ${way}`,
      ),
    );
    const needless = Object.entries(doors).flatMap(([name, ways]) =>
      (Object.keys(ways) as Way[])
        .filter((way) => whyNot(name, way) !== undefined)
        .map((way) => `${name} by ${way}`),
    );
    expect({ missing, needless }).toEqual({ missing: [], needless: [] });
  });

  it.each(WAYS)('by %s answers every caller for every field as the table says', async (way) => {
    const wrong: string[] = [];
    let cells = 0;
    for (const type of objectTypes(http.schema)) {
      if (whyNot(type.name, way) !== undefined) continue;
      for (const field of Object.values(type.getFields())) {
        const asked = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
        const isPayload = type.name === 'CouponChanged';
        for (const caller of NAMES) {
          const door = doorsOf(seeds, () => `key-${(keys += 1)}`)[type.name]![way]!;
          const document = door.document.replace('@', `${field.name} ${asked}`);
          const expected = expectedOf(http.schema, { ...door, document }, caller);
          const reply = await http.ask(document, {}, tokens[caller]);
          const outcome = outcomeOf(reply, door.document);
          cells += 1;
          if (outcome !== expected && !isPayload)
            wrong.push(
              `${type.name}.${field.name} by ${way} tells ${caller} ${outcome}, not ${expected}: ${reply.text.slice(0, 200)}`,
            );
          if (isPayload) expect(['VALUE', 'NOTHING', expected]).toContain(outcome);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(100);
  });

  it('says why of every type that cannot be asked, and the reason holds', () => {
    const types = new Map(objectTypes(http.schema).map((type) => [type.name, type]));
    for (const name of Object.keys(NOT_OFFERED))
      for (const field of Object.keys(types.get(name)!.getFields()))
        expect(accessOf(name, field), `${name}.${field}`).toBe('external');
  });
});
