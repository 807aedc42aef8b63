/**
 * MySQL is restored to a copy that is older than Redis (F56): coupons that were answered are gone, and no
 * machine can say what is right. The template closes, verify reports it, and an operator opens it again.
 *
 * The claims of this scenario are in no history: a restore does lose them, which is what it is about.
 */
import { digest } from '../../../src/kernel/digest.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { verify } from '../../../src/upkeep/verify.js';
import { until } from '../client/health.js';
import { Customers } from '../client/customer.js';
import type { Stage } from '../stage/stage.js';
import { Broken, onStage, type Context, type Scenario } from './scenario.js';

export const recordBehind: Scenario = {
  name: 'record-behind',
  proves: 'A MySQL that is behind Redis closes the template until an operator has looked.',
  isInCi: false,
  play: (context) => onStage(context, (stage) => restoreOld(context, stage)),
};

async function restoreOld({ arena }: Context, stage: Stage): Promise<string> {
  const { mysql, redis } = arena;
  const rules = { totalCount: 60, perUserLimit: 1 };
  const templateId = await stage.template(rules);
  // Not counted by the history checker: what was answered of it is lost on purpose.
  stage.templates.pop();
  await stage.template(rules);
  await stage.hire({ seats: ['a'], life: () => stage.life('all') });
  const customers = new Customers(stage);
  const claim = (user: string) => customers.insist({ user, key: 'one', templateId }, 200);
  const claimMany = (from: number, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => claim(`u${from + i}`)));

  await claimMany(0, 10);
  await mysql.stop();
  const backup = mysql.copyData();
  await mysql.start();
  await claimMany(10, 10);
  // Redis comes back once after the backup, as it does within days: its epoch is newer than the backup's.
  await redis.kill();
  await redis.start();
  await claimMany(20, 10);
  await mysql.kill();
  mysql.replaceData(backup);
  await mysql.start();

  const { database, redis: store } = stage;
  await until(async () => {
    const verdict = await verify({ database, redis: store, clock: systemClock }).catch(
      () => undefined,
    );
    return verdict?.violations.some((line) => line.includes('was a backup restored')) ?? false;
  }, 'verify reports the restored backup');
  const closed = await customers.insist({ user: 'late', key: 'one', templateId }, 5);
  if (closed.kind === 'COUPON') throw new Broken('a template whose record is behind gave a coupon');

  // docs/reliability.md: the operator has looked, and lets MySQL be the truth.
  await store.client.unlink(redisKeys.gate(templateId));
  const answers = await claimMany(100, 60);
  const won = answers.filter(({ kind }) => kind === 'COUPON').length;
  if (won !== 50) throw new Broken(`${won} of the 50 that MySQL has left were given`);
  const known = await database.rows('SELECT claim_key FROM coupon WHERE user_id = ?', ['u0']);
  if (known[0]?.['claim_key'] !== digest('one')) throw new Broken('a coupon of the backup is gone');
  return 'closed, reported, opened again by hand: 50 of 50 left';
}
