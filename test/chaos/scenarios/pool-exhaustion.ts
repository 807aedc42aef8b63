/** MySQL has three connections left for two services, and then a row that somebody holds (F27, F30). */
import { createConnection, type Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCoupon } from '../stage/demand.js';
import { readAnswers, told } from '../stage/read-answers.js';
import type { Scenario } from './scenario.js';
import { underDemand, type UnderDemand } from './under-demand.js';

const CONNECTIONS_MAX = 12;
const LEFT = 3;
const HELD_MS = 2_500;

export const poolExhaustion: Scenario = {
  name: 'pool-exhaustion',
  proves:
    'Without connections, or behind a lock, every request ends with a typed answer, and all is well again after.',
  isInCi: false,
  play: async (context) => {
    const { mysql } = context.arena;
    const restart = async (args: readonly string[]) => {
      mysql.configure({ args });
      await mysql.stop();
      await mysql.start();
    };
    await restart([`--max-connections=${CONNECTIONS_MAX}`]);
    try {
      return await underDemand(context, exhaust);
    } finally {
      await restart([]);
    }
  },
};

async function exhaust({ stage, demand, context }: UnderDemand): Promise<string> {
  const { attempts } = stage.customers;
  await demand.more(20, isCoupon);
  const hogs = await takeAllBut(LEFT, stage.mysqlUrl);
  const fewMs = performance.now();
  await demand.more(150);
  const few = readAnswers(attempts, fewMs);
  context.say(`with at most ${LEFT} connections left: ${told(few.codes)}`);
  await Promise.all(hogs.map((hog) => hog.end()));
  await demand.more(20, isCoupon);

  const holder = await createConnection(stage.mysqlUrl);
  await holder.query('START TRANSACTION');
  await holder.query('SELECT id FROM template WHERE id = ? FOR UPDATE', [demand.current]);
  const heldMs = performance.now();
  await sleep(HELD_MS);
  await holder.query('ROLLBACK');
  await holder.end();
  const held = readAnswers(attempts, heldMs, performance.now());
  context.say(`behind a lock: ${told(held.codes)}`);
  await demand.more(20, isCoupon);
  return `few connections: slowest ${few.slowestMs} ms of ${few.count}; a lock of ${HELD_MS} ms: slowest ${held.slowestMs} ms`;
}

/** Idle connections: all there are, then so many are let go. The services may take those, or lose the ones they had. */
async function takeAllBut(left: number, url: string): Promise<Connection[]> {
  const hogs: Connection[] = [];
  for (let tries = 0; tries < CONNECTIONS_MAX; tries += 1) {
    const hog = await createConnection(url).catch(() => undefined);
    if (hog === undefined) break;
    hog.on('error', () => undefined);
    hogs.push(hog);
  }
  for (const hog of hogs.splice(0, left)) await hog.end();
  return hogs;
}
