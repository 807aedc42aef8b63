/**
 * The end of every scenario: faults healed, demand going on until everything is refused, everything quiet.
 * Then `verify` proves the promises on the stores, and the history checker proves them from outside.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { digest } from '../../../src/kernel/digest.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { verify } from '../../../src/upkeep/verify.js';
import { checkHistory } from '../history/check-history.js';
import type { FinalRecord } from '../history/history.types.js';
import type { Stage } from './stage.js';

const QUIET_WITHIN_MS = 30_000;
const SOLD_WITHIN_MS = 45_000;
const LATECOMERS = 12;
const SHOWN_MAX = 10;

/** @returns what is broken */
export async function settleStage(stage: Stage): Promise<string[]> {
  await stage.arena.heal();
  const worker = () => stage.life('all');
  const crew = await stage.hire({ seats: ['heal-a', 'heal-b'], life: worker });
  const broken = [...(await waitUntilQuiet(stage))];
  await sellOut(stage);
  broken.push(...(await waitUntilQuiet(stage)));
  await crew.dismiss();
  await reachRedis(stage);
  const { database, redis } = stage;
  const verdict = await verify({ database, redis, clock: systemClock });
  broken.push(...verdict.violations.map((line) => `verify: ${line}`));
  const history = { attempts: stage.customers.attempts, orders: stage.orders };
  const findings = checkHistory(history, await readRecord(stage), {
    isSoldOut: true,
    isDisturbed: stage.isDisturbed,
  });
  broken.push(...findings.map(({ lie, what }) => `${lie}: ${what}`));
  broken.push(...stage.surprises());
  const more = broken.length - SHOWN_MAX;
  return more > 0 ? [...broken.slice(0, SHOWN_MAX), `and ${more} more`] : broken;
}

/** Quiet: nothing is left in any journal. */
async function waitUntilQuiet(stage: Stage): Promise<string[]> {
  const untilMs = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const open = await openEntries(stage).catch((error: unknown) => String(error));
    if (open === 0) return [];
    if (performance.now() >= untilMs)
      return [`not quiet after ${QUIET_WITHIN_MS} ms: ${open} left`];
    await sleep(100);
  }
}

async function openEntries({ redis, templates }: Stage): Promise<number> {
  const { client } = redis;
  const counts = await Promise.all(
    templates.map(({ templateId }) => client.xlen(redisKeys.journal(templateId))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Latecomers, one coupon each at most, until every template has turned somebody away for good. */
async function sellOut({ customers, templates, database }: Stage): Promise<void> {
  const untilMs = performance.now() + SOLD_WITHIN_MS;
  let late = 0;
  const claim = (templateId: string) => {
    late += 1;
    return customers.insist({ user: `late-${late}`, key: 'late', templateId }, 20);
  };
  for (const { templateId, total } of templates) {
    if (total === null) continue;
    while (performance.now() < untilMs) {
      const [row] = await database.rows('SELECT issued FROM template WHERE id = ?', [templateId]);
      const left = total - Number(row?.['issued']);
      if (left <= 0) break;
      const count = Math.min(left, LATECOMERS);
      await Promise.all(Array.from({ length: count }, () => claim(templateId)));
    }
    await claim(templateId);
  }
}

/** verify says nothing of a Redis it cannot reach, and after a fault the link may need a moment. */
async function reachRedis({ redis }: Stage): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await redis
      .ask('ping', (client) => client.ping())
      .then(
        () => true,
        () => false,
      );
    if (isThere) return;
    await sleep(100);
  }
  throw new Error('Redis cannot be reached after everything was healed');
}

async function readRecord({ database, templates, customers }: Stage): Promise<FinalRecord> {
  const sent = new Map(customers.attempts.map(({ key }) => [digest(key), key]));
  const ids = templates.map(({ templateId }) => templateId);
  const coupons = await database.rows(
    `SELECT id, template_id, user_id, claim_key FROM coupon
     WHERE template_id IN (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  const orders = await database.rows(
    `SELECT r.order_id, r.status, GROUP_CONCAT(c.coupon_id) AS coupons
     FROM redemption r LEFT JOIN redemption_coupon c ON c.redemption_id = r.id
     GROUP BY r.id, r.order_id, r.status ORDER BY r.order_id, r.attempt`,
  );
  return {
    templates,
    coupons: coupons.map((row) => ({
      couponId: String(row['id']),
      templateId: String(row['template_id']),
      userId: String(row['user_id']),
      key: sent.get(String(row['claim_key'])),
    })),
    redemptions: orders.map((row) => ({
      orderId: String(row['order_id']),
      status: String(row['status']),
      couponIds: String(row['coupons'] ?? '').split(','),
    })),
  };
}
