/**
 * What a claim does whose part of a split template is empty: the part borrows from the one that has most,
 * or the template is sold out, which is true at a moment (rules/plan-refill.ts).
 *
 * Borrowing is two scripts on two gates, because no script crosses two. Between them the units are in
 * neither stock and written down as lent; a process that dies there loses them until they are rebuilt from
 * MySQL. They are never in both, and never in a view of another epoch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisDamaged, RedisUnavailable, type RedisStore } from '../storage/redis.js';
import { subStocksOf } from '../template/rules/sub-stocks.js';
import type { Template } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import { lookAtGates } from './look-at-gate.js';
import { Rounds } from './rounds.js';
import { gateTagOf, gateTagsOf } from './rules/gate-tag.js';
import { isSoldOut, planRefill } from './rules/plan-refill.js';

const lendUnits = loadScript(import.meta.url, './lua/lend-units-1.lua');
const borrowUnits = loadScript(import.meta.url, './lua/borrow-units-1.lua');
const endLoan = loadScript(import.meta.url, './lua/end-loan-1.lua');

const POLL_MS = 10;

/** SOLD_OUT is an answer; TRY_AGAIN and REBUILD say what to do before the next reservation. */
export type Refill = 'SOLD_OUT' | 'TRY_AGAIN' | 'REBUILD';

export class RefillPart {
  private readonly rounds = new Rounds<Refill>();

  constructor(private readonly redis: RedisStore) {}

  /**
   * What it means that the gate of this user was found empty. One borrower a part in a process; claims that
   * meet an empty part meanwhile share the next round. Of a template that is not split it means SOLD_OUT.
   * @throws RedisUnavailable: nothing was reserved
   */
  async run(template: Template, userId: string): Promise<Refill> {
    if (subStocksOf(template.rules) === 1) return 'SOLD_OUT';
    const tag = gateTagOf(template, userId);
    try {
      return await this.rounds.join(tag, () => this.round(template, tag));
    } catch (error) {
      if (error instanceof RedisDamaged) return 'REBUILD';
      throw error instanceof RedisUnavailable ? new RedisUnavailable(error, false) : error;
    }
  }

  private async round(template: Template, tag: GateTag): Promise<Refill> {
    const tags = gateTagsOf(template);
    const before = await lookAtGates(this.redis, tags);
    const plan = planRefill(before, tags.indexOf(tag), template.epoch);
    switch (plan.kind) {
      case 'ALL_EMPTY': {
        const after = await lookAtGates(this.redis, tags);
        return isSoldOut(before, after) ? 'SOLD_OUT' : 'TRY_AGAIN';
      }
      case 'BORROW':
        await this.borrow(tags[plan.from]!, tag, plan.epoch);
        return 'TRY_AGAIN';
      case 'WAIT':
        await sleep(POLL_MS);
        return 'TRY_AGAIN';
      default:
        return plan.kind;
    }
  }

  /** Nobody waits for the last step: a loan that was not ended delays a SOLD_OUT and is rebuilt in the end. */
  private async borrow(from: GateTag, to: GateTag, epoch: number): Promise<void> {
    const lender = [redisKeys.gate(from)];
    const units = Number(await this.redis.run(lendUnits, lender, [epoch]));
    if (units === 0) return;
    const isAdded = await this.redis.run(borrowUnits, [redisKeys.gate(to)], [epoch, units]);
    if (isAdded !== 1) return;
    void this.redis.run(endLoan, lender, [epoch, units]).catch(() => undefined);
  }
}
