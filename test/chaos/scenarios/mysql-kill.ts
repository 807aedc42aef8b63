/** MariaDB is killed in the middle of batches (F24, F25): whatever a client was told, asking again tells the truth. */
import { isReady, until } from '../client/health.js';
import type { Attempt } from '../history/history.types.js';
import { isCoupon } from '../stage/demand.js';
import { readAnswers, told } from '../stage/read-answers.js';
import { Broken, type Scenario } from './scenario.js';
import { underDemand, type UnderDemand } from './under-demand.js';

/** Answers while it is gone: half of them must come within this. A connection that is refused takes no time. */
const AT_ONCE_MS = 1_000;

export const mysqlKill: Scenario = {
  name: 'mysql-kill',
  proves:
    'A killed MySQL loses no answered coupon, and every unknown outcome is told when asked again.',
  isInCi: true,
  play: (context) => underDemand(context, killOften),
};

async function killOften({ stage, demand, context }: UnderDemand): Promise<string> {
  const { mysql } = context.arena;
  const { attempts } = stage.customers;
  const rounds = context.isNight ? 20 : 2;
  let unknown = 0;
  let refusedMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    await demand.more(40, isCoupon);
    const harmMs = performance.now();
    await mysql.kill();
    const goneMs = performance.now();
    await demand.more(60);
    const backMs = performance.now();
    const ready = await Promise.all(stage.urls().map(isReady));
    if (ready.includes(true)) throw new Broken('/readyz says ready while MySQL is gone');
    await mysql.start();
    await demand.more(20, isCoupon);
    unknown += readAnswers(attempts, harmMs - 1_000).unknown;
    refusedMs = Math.max(
      refusedMs,
      medianMs(attempts.filter(({ invokedMs }) => invokedMs > goneMs && invokedMs < backMs)),
    );
    context.say(`while it was gone: ${told(readAnswers(attempts, goneMs, backMs).codes)}`);
  }
  for (const url of stage.urls()) await until(() => isReady(url), `${url} is ready again`);
  if (refusedMs > AT_ONCE_MS) throw new Broken(`refusals took ${refusedMs} ms`);
  return `${rounds} kills, ${unknown} unknown outcomes, refused in ${refusedMs} ms (median)`;
}

function medianMs(attempts: readonly Attempt[]): number {
  const took = attempts.map(({ invokedMs, returnedMs }) => returnedMs - invokedMs);
  took.sort((a, b) => a - b);
  return Math.round(took[took.length >> 1] ?? 0);
}
