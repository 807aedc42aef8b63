/**
 * Three workers start at once on coupons, holds and templates that are due and on a journal that a dead
 * service left behind; one of them is killed in the middle. Each step must be taken once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import { atStep } from '../arena/at-step.js';
import { hold } from '../client/shopper.js';
import type { Stage } from '../stage/stage.js';
import { Broken, onStage, type Context, type Scenario } from './scenario.js';

const WORKERS = ['one', 'two', 'three'];
const EACH = 20;
const HOLD_TTL_MS = 1_000;
/** The jobs run every five seconds, an entry is settled after three. */
const DONE_WITHIN_MS = 30_000;
const KILL_AFTER_MS = 500;

/** What is due, in the words of the audit. */
const DUE = `SELECT (SELECT COUNT(*) FROM coupon WHERE status = 'EXPIRED') AS coupons,
  (SELECT COUNT(*) FROM redemption WHERE status = 'EXPIRED') AS holds,
  (SELECT COUNT(*) FROM template WHERE status = 'EXPIRED') AS templates,
  (SELECT COUNT(*) FROM coupon WHERE user_id LIKE 'left-%') AS settled`;

/** Changes whose event is not there exactly once; verify itself asks only whether there is one. */
const NOT_ONCE = `SELECT a.subject, a.subject_id, a.seq, COUNT(o.id) AS events FROM audit a
  LEFT JOIN outbox o ON o.subject_id = a.subject_id
    AND JSON_EXTRACT(o.payload, '$.seq') = a.seq
    AND o.type = CONCAT(LOWER(a.subject), '.', LOWER(a.action))
  WHERE a.actor LIKE 'job:%' GROUP BY a.subject, a.subject_id, a.seq HAVING COUNT(o.id) <> 1`;

export const twoWorkers: Scenario = {
  name: 'two-workers',
  proves: 'Workers that run the same jobs at once, one of them killed, take each step once.',
  isInCi: true,
  play: (context) => onStage(context, (stage) => work(context, stage)),
};

async function work({ random }: Context, stage: Stage): Promise<string> {
  const cut = {
    type: 'DIRECT_CUT',
    tiers: null,
    amount: { amount: '5', currency: 'CNY' },
    totalCount: 3 * EACH + 10,
  } as const;
  const templateId = await stage.template(cut);
  const settled = await leaveBehind(stage, templateId, random);
  const claimUntil = Date.now() + HOLD_TTL_MS;
  for (let i = 0; i < EACH; i += 1) await stage.template({ totalCount: null, claimUntil });
  await stage.database.transaction((sql) =>
    sql.change(`UPDATE coupon SET expires_at = valid_from WHERE user_id LIKE 'over-%'`, []),
  );
  const startedMs = performance.now();
  const crew = await stage.hire({ seats: WORKERS, life: () => stage.life('all') });
  await sleep(KILL_AFTER_MS);
  crew.endProcess(crew.process('one'), 'SIGKILL');
  const due = { coupons: EACH, holds: EACH, templates: EACH, settled };
  for (;;) {
    const [row] = await stage.database.rows(DUE, []);
    const isDone = Object.entries(due).every(([what, count]) => Number(row?.[what]) === count);
    if (isDone) break;
    if (performance.now() - startedMs > DONE_WITHIN_MS)
      throw new Broken(`of ${JSON.stringify(due)} only ${JSON.stringify(row)} are done`);
    await sleep(100);
  }
  const tookS = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const [wrong] = await stage.database.rows(NOT_ONCE, []);
  if (wrong !== undefined) throw new Broken(`not exactly one event: ${JSON.stringify(wrong)}`);
  const [steps] = await stage.database.rows(
    `SELECT COUNT(*) AS count FROM audit WHERE actor LIKE 'job:%'`,
    [],
  );
  return `${WORKERS.length} workers took ${Number(steps?.['count'])} steps, each with one event, in ${tookS} s`;
}

/**
 * Coupons that will be over, holds that will be over, and a journal with entries of a dead process.
 * @returns how many entries
 */
async function leaveBehind(
  stage: Stage,
  templateId: string,
  random: Context['random'],
): Promise<number> {
  const { customers, redis } = stage;
  let lives = 0;
  const crew = await stage.hire({
    seats: ['lives', 'dies'],
    life: (seat) => {
      if (seat === 'dies') lives += 1;
      return seat === 'dies' && lives === 1
        ? stage.life('api', atStep('claim:reserved'), ['crash-at'])
        : stage.life('api', { HOLD_TTL_MS: String(HOLD_TTL_MS) });
    },
  });
  const [living, dies] = [crew.process('lives').url()!, crew.process('dies')];
  const users = (name: string) => Array.from({ length: EACH }, (_, i) => `${name}-${i}`);
  for (const user of [...users('over'), ...users('held')])
    await customers.insist({ user, key: 'k', templateId }, 20, living);
  for (const user of users('held')) {
    const { held } = await hold({ ...stage, urls: () => [living], random }, user);
    if (held !== 'HELD') throw new Broken(`nothing held: ${held}`);
  }
  crew.expectEnd(dies);
  await Promise.all(
    users('left').map((user) => customers.attempt({ user, key: 'k', templateId }, dies.url())),
  );
  await dies.exit;
  const entries = await redis.client.xrange(redisKeys.journal(templateId), '-', '+');
  const left = entries.filter((entry) => JSON.stringify(entry).includes('left-')).length;
  if (left === 0) throw new Broken('nothing was left behind: nothing would be proved');
  return left;
}
