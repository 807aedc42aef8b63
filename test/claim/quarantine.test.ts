/** What operators see of reservations that were set aside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate } from '../kit/world.js';
import { systemClock } from '../../src/kernel/clock.js';

const LIST = `query ($after: String) { quarantinedClaims(first: 2, after: $after) { totalCount
  nodes { id templateId userId reason tries entry quarantinedAt coupon { id } }
  pageInfo { hasNextPage endCursor } } }`;

interface Listed {
  readonly quarantinedClaims: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly reason: string; readonly entry: string | null }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

describe('the quarantine', () => {
  let service: TestService;
  let admin: string;
  beforeAll(async () => {
    service = await start({ env: { ROLE: 'api' } });
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
    const world = { app: service.app, clock: systemClock };
    const { id } = await activeTemplate(world);
    for (const draft of ['one', 'two', 'three'])
      await service.stores.redis.client.xadd(redisKeys.journal(id), '*', 'draft', draft);
    await service.app.settleJournals.run(0);
  });
  afterAll(() => service.stop());

  it('is read page by page by operators, newest first', async () => {
    const first = await service.query<Listed>(LIST, {}, admin);
    expect(first.errors).toEqual([]);
    const { totalCount, nodes, pageInfo } = first.data!.quarantinedClaims;
    expect([totalCount, nodes.length, pageInfo.hasNextPage]).toEqual([3, 2, true]);
    expect(nodes[0]).toMatchObject({ reason: 'the draft is not readable', tries: 0, coupon: null });
    expect(nodes[0]).toMatchObject({ entry: '["draft","three"]' });
    const rest = await service.query<Listed>(LIST, { after: pageInfo.endCursor }, admin);
    expect(rest.data!.quarantinedClaims).toMatchObject({
      nodes: [expect.objectContaining({ userId: null })],
      pageInfo: { hasNextPage: false },
    });
  });

  it('keeps what stood in an entry sealed: the table alone shows nothing of it', async () => {
    const { database } = service.stores;
    const rows = await database.rows('SELECT id, entry FROM quarantined_claim');
    expect(rows).toHaveLength(3);
    for (const { entry } of rows) expect(entry).toMatch(/^v1\.test\.[\w.-]+$/);
    await database.transaction((sql) =>
      sql.change('UPDATE quarantined_claim SET entry = ? WHERE id = ?', [
        rows[0]!['entry']!,
        rows[1]!['id']!,
      ]),
    );
    const { data } = await service.query<Listed>(LIST.replace('first: 2', 'first: 3'), {}, admin);
    const entries = data!.quarantinedClaims.nodes.map(({ entry }) => entry);
    expect(entries.filter((entry) => entry === null)).toHaveLength(1);
  });

  it('is nobody else’s to read', async () => {
    const customer = await service.token({ sub: 'anna' });
    const { errors, data } = await service.query(LIST, {}, customer);
    expect([data, errors[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
  });
});
