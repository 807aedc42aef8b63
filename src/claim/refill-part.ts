/**
 * What a claim does whose part of a split template is empty: the part borrows from the one that has most,
 * or the template is sold out, which is true at a moment (rules/plan-refill.ts).
 *
 * Borrowing is two scripts on two gates, because no script crosses two. Between them the units are in
 * neither stock and written down as lent; a process that dies there loses them until they are rebuilt from
 * MySQL. They are never in both, and never in a view of another epoch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Rounds } from '../kernel/rounds.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisDamaged, RedisUnavailable, type RedisStore } from '../storage/redis.js';
import { subStocksOf } from '../template/rules/sub-stocks.js';
import type { Template } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import { lookAtGates } from './look-at-gate.js';
import { gateTagOf, gateTagsOf } from './rules/gate-tag.js';
import { isSoldOut, planRefill, type PartView } from './rules/plan-refill.js';

const lendUnits = loadScript(import.meta.url, './lua/lend-units-1.lua');
const borrowUnits = loadScript(import.meta.url, './lua/borrow-units-1.lua');
const endLoan = loadScript(import.meta.url, './lua/end-loan-1.lua');

const POLL_MS = 10;

/** SOLD_OUT is an answer; TRY_AGAIN and REBUILD say what to do before the next reservation. */
export type Refill = 'SOLD_OUT' | 'TRY_AGAIN' | 'REBUILD';

interface Survey {
  readonly views: readonly PartView[];
  readonly isSoldOut: boolean;
}

export class RefillPart {
  private readonly surveys = new Rounds<Survey>();
  /** One borrower a part in a process. */
  private readonly loans = new Map<GateTag, Promise<void>>();

  constructor(private readonly redis: RedisStore) {}

  /**
   * What it means that the gate of this user was found empty. Of a template that is not split it means
   * SOLD_OUT. Claims that meet an empty part at the same time share one survey of all parts.
   * @throws RedisUnavailable: nothing was reserved
   */
  async run(template: Template, userId: string): Promise<Refill> {
    if (subStocksOf(template.rules) === 1) return 'SOLD_OUT';
    try {
      const survey = await this.surveys.join(template.id, () => this.survey(template));
      return survey.isSoldOut ? 'SOLD_OUT' : await this.refill(template, userId, survey.views);
    } catch (error) {
      if (error instanceof RedisDamaged) return 'REBUILD';
      throw error instanceof RedisUnavailable ? new RedisUnavailable(error, false) : error;
    }
  }

  private async survey(template: Template): Promise<Survey> {
    const tags = gateTagsOf(template);
    const views = await lookAtGates(this.redis, tags);
    const isEmpty = planRefill(views, 0, template.epoch).kind === 'ALL_EMPTY';
    if (!isEmpty) return { views, isSoldOut: false };
    return { views, isSoldOut: isSoldOut(views, await lookAtGates(this.redis, tags)) };
  }

  private async refill(
    template: Template,
    userId: string,
    views: readonly PartView[],
  ): Promise<Refill> {
    const tags = gateTagsOf(template);
    const own = gateTagOf(template, userId);
    const plan = planRefill(views, tags.indexOf(own), template.epoch);
    if (plan.kind === 'REBUILD') return 'REBUILD';
    if (plan.kind === 'WAIT') await sleep(POLL_MS);
    if (plan.kind === 'BORROW') await this.borrowOnce(tags[plan.from]!, own, plan.epoch);
    return 'TRY_AGAIN';
  }

  private borrowOnce(from: GateTag, to: GateTag, epoch: number): Promise<void> {
    const running = this.loans.get(to);
    if (running !== undefined) return running;
    const loan = this.borrow(from, to, epoch).finally(() => this.loans.delete(to));
    this.loans.set(to, loan);
    return loan;
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
