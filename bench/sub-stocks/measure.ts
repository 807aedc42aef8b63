/** One round: as many reservations, or refusals, as one process gets out of one template in a while. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPEN } from '../../src/claim/claim.types.js';
import { Journal } from '../../src/claim/journal.js';
import { makeDraft } from '../../src/claim/make-draft.js';
import { RefillPart } from '../../src/claim/refill-part.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { gateTagsOf, shareOut } from '../../src/claim/rules/gate-tag.js';
import { digest } from '../../src/kernel/digest.js';
import { newId } from '../../src/kernel/ids.js';
import { redisKeys } from '../../src/storage/redis-keys.js';
import { loadScript } from '../../src/storage/redis-script.js';
import type { RedisStore } from '../../src/storage/redis.js';
import type { Template } from '../../src/template/template.types.js';
import { rulesOf } from '../../test/kit/seed.js';

export type Kind = 'reserved' | 'soldOut';

export interface Round {
  readonly perSecond: number;
  /** CPU of this process for one. */
  readonly clientUs: number;
  /** CPU of all masters together for one. */
  readonly redisUs: number;
  /** CPU of the master with most work, for one of the template, wherever that one was decided. */
  readonly busiestUs: number;
}

/** Claims that wait at the same time, as in a process with that many open requests. */
const AT_ONCE = 512;
const STOCK = 50_000_000;

const rebuildGate = new URL('../../src/claim/rebuild-gate.ts', import.meta.url).href;
const openGate = loadScript(rebuildGate, './lua/open-gate-6.lua');
const tellLife = loadScript(rebuildGate, './lua/tell-life-1.lua');

export async function measure(
  redis: RedisStore,
  parts: number,
  kind: Kind,
  forMs: number,
): Promise<Round> {
  const template = templateOf(parts);
  await open(redis, template, kind === 'reserved' ? STOCK : 0);
  const masters = await redis.masters();
  const cpuOf = () => Promise.all(masters.map(async (one) => readCpuUs(await one.info('cpu'))));
  const [before, cpu, startedMs] = [await cpuOf(), process.cpuUsage(), performance.now()];
  const done = await run(redis, template, kind, startedMs + forMs);
  const tookS = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const after = await cpuOf();
  const spent = after.map((us, i) => (us - before[i]!) / done);
  await close(redis, template);
  return {
    perSecond: done / tookS,
    clientUs: (user + system) / done,
    redisUs: spent.reduce((sum, us) => sum + us, 0),
    busiestUs: Math.max(...spent),
  };
}

async function run(
  redis: RedisStore,
  template: Template,
  kind: Kind,
  untilMs: number,
): Promise<number> {
  const reserver = new ReserveClaims(redis);
  const refill = new RefillPart(redis);
  const journal = new Journal(redis, reserver);
  const start = newId(Date.now());
  let users = 0;
  let done = 0;
  const visit = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const userId = `${start}-${(users += 1)}`;
      const key = digest(userId);
      const asked = { userId, via: OPEN, channel: null, claimKey: key, claimFingerprint: key };
      const draft = makeDraft(template, asked, Date.now(), randomBytes(14));
      const reply = await reserver.reserve(draft, template);
      if (reply.kind === 'RESERVED')
        journal.forget({ draft, ...reply, faceValueMinor: null, mayExist: false });
      const isRefused =
        reply.kind === 'SOLD_OUT' && (await refill.run(template, userId)) === 'SOLD_OUT';
      if (kind === 'reserved' ? reply.kind !== 'RESERVED' : !isRefused)
        throw new Error(`a round of ${kind} got ${reply.kind}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visit));
  return done;
}

function templateOf(parts: number): Template {
  const nowMs = Date.now();
  return {
    id: newId(nowMs),
    status: 'ACTIVE',
    version: 1,
    revision: 1,
    rules: rulesOf({ totalCount: STOCK, perUserLimit: 1, subStocks: parts }),
    authorId: 'bench',
    issued: 0,
    epoch: 1,
    committedSeq: 0,
    seed: '',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

async function open(redis: RedisStore, template: Template, stock: number): Promise<void> {
  const tags = gateTagsOf(template);
  const lefts = shareOut(stock, tags.length);
  for (const [part, tag] of tags.entries()) {
    const { gate, takers, takersBeingBuilt, draws, drawsBeingBuilt, journal } = redisKeys;
    const built = [takersBeingBuilt(tag, 1), draws(tag), drawsBeingBuilt(tag, 1)];
    const keys = [gate(tag), takers(tag), ...built, journal(tag)];
    const life = String(await redis.run(tellLife, [gate(tag)], []));
    const opened = await redis.run(openGate, keys, [1, 0, lefts[part]!, 1, '', 0, 0, life]);
    if (opened !== 'OPENED') throw new Error(`a gate was not opened: ${String(opened)}`);
  }
}

async function close(redis: RedisStore, template: Template): Promise<void> {
  for (const tag of gateTagsOf(template)) {
    const { gate, takers, journal } = redisKeys;
    const keys = [gate(tag), takers(tag), journal(tag)];
    await redis.ask(keys[0]!, (client) => client.unlink(...keys));
  }
  // What is unlinked is freed beside the next round, not in it.
  await sleep(50);
}

/** Of the one thread that runs commands. */
function readCpuUs(info: string): number {
  const read = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return 1e6 * (read('used_cpu_user_main_thread') + read('used_cpu_sys_main_thread'));
}
