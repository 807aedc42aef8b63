/** What is measured of two worlds, one after the other in turn, so that the machine's moods meet both. */
import { randomInt } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock.js';
import { expirePage } from '../../src/upkeep/expire-coupons.js';
import type { Provided } from '../../test/kit/provide-tool.js';
import { callerOf } from '../../test/kit/world.js';
import { shoot } from '../kit/wrk.js';
import { COUPONS_PER_USER } from './seed.js';
import type { World } from './world.js';

const CLAIM = `mutation Claim($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { replayed coupon { id code status expiresAt } }
  ... on Rejection { code message retryable retryAfter } } }`;

/** Milliseconds of the first page of the wallet of a user, any of all, by the use case. */
export async function readOneWallet({ app, coupons }: World): Promise<number> {
  const userId = `user-${randomInt(coupons / COUPONS_PER_USER)}`;
  const beganMs = performance.now();
  const page = await app.readCoupons.wallet(callerOf(userId), userId, null, {
    first: 20,
    afterId: null,
  });
  const tookMs = performance.now() - beganMs;
  if (page.nodes.length < COUPONS_PER_USER) throw new Error(`${userId} has too few coupons`);
  return tookMs;
}

/** Durable claims a second through HTTP. @throws where more was answered than is in MySQL */
export async function claimForSeconds(
  world: World,
  wrk: Provided,
  tokens: string,
  seconds: number,
): Promise<number> {
  const templateId = await world.template();
  const key = `${templateId}-%KEY%`;
  const input = { templateId, idempotencyKey: key, deviceId: key };
  const body = JSON.stringify({ query: CLAIM, variables: { input } });
  const target = { url: world.service.url, tokens, body };
  const { requests, perSecond } = await shoot(wrk, target, { connections: 64, seconds });
  const [row] = await world.database.rows(
    'SELECT COUNT(*) AS n FROM coupon WHERE template_id = ?',
    [templateId],
  );
  if (Number(row!['n']) < requests) throw new Error(`${requests} answers, ${row!['n']} coupons`);
  return perSecond;
}

/** Lets unused coupons be over, from all over the table. */
export async function endSome({ database, coupons }: World, count: number): Promise<void> {
  const step = Math.floor(coupons / (2 * count));
  const ids = Array.from(
    { length: 2 * count },
    (_, i) => `01J${String(i * step).padStart(23, '0')}`,
  );
  for (let i = 0; i < ids.length; i += 1_000) {
    await database.transaction((sql) =>
      sql.change(
        `UPDATE coupon SET expires_at = UTC_TIMESTAMP(0) - INTERVAL 1 HOUR - INTERVAL CRC32(id) MOD 3600 SECOND
         WHERE id IN (${ids
           .slice(i, i + 1_000)
           .map(() => '?')
           .join(', ')}) AND status = 'UNUSED'`,
        ids.slice(i, i + 1_000),
      ),
    );
  }
}

/** Milliseconds of one chunk of the job that expires. */
export async function expireOneChunk({ database }: World, size: number): Promise<number> {
  const beganMs = performance.now();
  const { expired } = await expirePage(database, systemClock.nowMs(), undefined, size);
  const tookMs = performance.now() - beganMs;
  if (expired < size) throw new Error(`only ${expired} of ${size} coupons were over`);
  return tookMs;
}

/** Of the database of a world: bytes of the coupon table and of its indexes. */
export async function sizeOf({ database }: World): Promise<{ rows: number; indexes: number }> {
  const [row] = await database.rows(
    `SELECT data_length AS data_bytes, index_length AS index_bytes FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_name = 'coupon'`,
  );
  return { rows: Number(row!['data_bytes']), indexes: Number(row!['index_bytes']) };
}

/** Pages that were read from disk so far, by all. */
export async function pagesRead({ database }: World): Promise<number> {
  const [row] = await database.rows("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_reads'");
  return Number(row!['Value']);
}
