/**
 * The one path of every coupon that is issued: reserve in Redis → commit in MySQL → answer.
 *
 * An answer is the truth: a coupon is in MySQL exactly once for ever, a refusal is never committed later,
 * and what is not known is said to be unknown, to be asked again with the same key. Only successes are
 * remembered by key, so a refusal is always preceded by a look whether this key had success before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CLAIM_WAIT_MS } from '../config/limits.js';
import { readCouponByClaim } from '../coupon/coupon.store.js';
import type { Clock } from '../kernel/clock.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { reached } from '../storage/steps.js';
import { DatabaseUnavailable, isUnavailable } from '../storage/database-errors.js';
import type { Database } from '../storage/database.js';
import { RedisUnavailable } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { Template } from '../template/template.types.js';
import { claimDirectly, type Claimed } from './claim-directly.js';
import { couponOf, type Claimant, type ClaimDraft, type Reservation } from './claim.types.js';
import { DirectTurns } from './direct-turns.js';
import type { Committer } from './committer.js';
import type { Journal } from './journal.js';
import { RecordBehind, type RebuildGate } from './rebuild-gate.js';
import type { Refill, RefillPart } from './refill-part.js';
import type { ReserveClaims, ReserveReply } from './reserve-claims.js';
import { faceValueOf, isDraw } from './rules/draw-amount.js';

export interface PathParts {
  readonly database: Database;
  readonly catalog: TemplateCatalog;
  readonly reserver: ReserveClaims;
  readonly refill: RefillPart;
  readonly committer: Committer;
  readonly journal: Journal;
  readonly rebuild: RebuildGate;
  readonly clock: Clock;
  /** More than can be served in time is on its way: nothing may take stock now. */
  readonly isOverloaded: () => boolean;
}

/** 'again': the view of the template was renewed, or somebody else has this key in hand. */
type Step = Result<Claimed> | 'again';

type Asked = ReserveReply | { readonly kind: Refill };

const POLL_MS = 20;

export class ClaimPath {
  private readonly turns = new DirectTurns();

  constructor(private readonly parts: PathParts) {}

  /** Where memory says that all are gone, Redis is asked first: the guard has no work with who gets none. */
  async soldOutBecause(template: Template, claimant: Claimant): Promise<Rejection | undefined> {
    const { totalCount } = template.rules;
    if (totalCount === null || template.issued < totalCount) return undefined;
    try {
      const { kind } = await this.ask(template, claimant);
      return kind === 'SOLD_OUT' || kind === 'USER_LIMIT_REACHED' ? rejection(kind) : undefined;
    } catch (error) {
      if (error instanceof RedisUnavailable) return undefined;
      throw error;
    }
  }

  /** A closed door refuses, unless this key went through it before. */
  async refuse(
    template: Template,
    claimant: Claimant,
    refusal: Rejection,
  ): Promise<Result<Claimed>> {
    const mayHaveClaimed = await this.parts.journal.mayHaveClaimed(claimant, template);
    if (!mayHaveClaimed) return rejected(refusal);
    return (await this.earlier(claimant)) ?? rejected(refusal);
  }

  /** The truth about this draft, as far as it can be known within CLAIM_WAIT_MS. */
  async run(known: Template, draft: ClaimDraft): Promise<Result<Claimed>> {
    reached('claim:drafted');
    let template = known;
    const untilMs = performance.now() + CLAIM_WAIT_MS;
    for (;;) {
      const step = await this.tryOnce(template, draft);
      if (step !== 'again') return step;
      if (performance.now() >= untilMs) return rejected(rejection('OUTCOME_UNKNOWN'));
      template = (await this.parts.catalog.byId(template.id)) ?? template;
    }
  }

  private async tryOnce(template: Template, draft: ClaimDraft): Promise<Step> {
    const { isOverloaded, clock } = this.parts;
    let reply: Asked;
    try {
      // Who would only be refused is told the reason at any load: that takes nothing.
      reply = await this.ask(template, draft, isOverloaded() ? undefined : draft);
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      if (isOverloaded()) return rejected(overloaded(clock.nowMs()));
      return this.claimAlone(template, draft, error.mayBeDone);
    }
    if (reply.kind === 'TRY_AGAIN') return 'again';
    if (reply.kind === 'REBUILD') return this.renew(template, draft);
    if (reply.kind === 'SAME') return this.follow(draft, reply.couponId);
    if (reply.kind === 'ROOM') return rejected(overloaded(clock.nowMs()));
    if (reply.kind !== 'RESERVED') return rejected(rejection(reply.kind));
    reached('claim:reserved');
    if (!isDraw(template.rules, reply.drawNo)) return this.renew(template, draft);
    return this.commit(template, {
      draft,
      ...reply,
      faceValueMinor: faceValueOf(template, reply.drawNo),
      mayExist: false,
    });
  }

  /** An empty gate is a refusal; of a split template it is one only where the other parts say so too. */
  private async ask(template: Template, claimant: Claimant, draft?: ClaimDraft): Promise<Asked> {
    const { reserver, refill } = this.parts;
    const reply = await (draft === undefined
      ? reserver.look(claimant, template)
      : reserver.reserve(draft, template));
    if (reply.kind !== 'SOLD_OUT') return reply;
    return { kind: await refill.run(template, claimant.userId) };
  }

  /**
   * Over MySQL alone. What Redis may have reserved for this draft can be committed by somebody until the
   * direct claim has raised the epoch; while MySQL cannot be asked either, nobody knows what will be.
   */
  private async claimAlone(
    template: Template,
    draft: ClaimDraft,
    mayBeReserved: boolean,
  ): Promise<Result<Claimed>> {
    const { id } = template;
    try {
      await this.turns.wait(id);
      const onClosed = () => this.turns.closed(id);
      return await claimDirectly(this.parts.database, template, draft, onClosed);
    } catch (error) {
      if (!mayBeReserved || !isUnavailable(error)) throw error;
      return rejected(rejection('OUTCOME_UNKNOWN'));
    } finally {
      await this.parts.catalog.forget(id);
    }
  }

  private async commit(template: Template, reservation: Reservation): Promise<Step> {
    const { committer, journal } = this.parts;
    const outcome = await committer.commit(reservation);
    switch (outcome.kind) {
      case 'COMMITTED':
        journal.forget(reservation);
        reached('claim:answering');
        return ok({ coupon: couponOf(reservation), replayed: false });
      case 'DUPLICATE':
        await journal.giveBack(reservation);
        return ok({ coupon: outcome.coupon, replayed: true });
      case 'REFUSED':
        // Whoever took it over meanwhile is refused as well: what a way refused it refuses for ever.
        await journal.giveBack(reservation);
        return rejected(rejection(outcome.code));
      case 'STALE':
        return this.renew(template, reservation.draft);
      case 'UNAVAILABLE':
        return this.giveBack(reservation);
      case 'POISONED':
        // What an earlier try may have committed is not undone by this one's failure.
        if (!outcome.mayExist) return this.giveBack(reservation);
        return rejected(rejection('OUTCOME_UNKNOWN'));
      case 'UNKNOWN':
        return rejected(rejection('OUTCOME_UNKNOWN'));
    }
  }

  /** It is not in MySQL. Whoever has it in hand by now may still commit it: then nobody knows. */
  private async giveBack(reservation: Reservation): Promise<Result<Claimed>> {
    reached('claim:giving-back');
    const isBack = await this.parts.journal.giveBack(reservation);
    return rejected(rejection(isBack ? 'UNAVAILABLE' : 'OUTCOME_UNKNOWN'));
  }

  /** The same key is on its way or done: its answer is ours. */
  private async follow(draft: ClaimDraft, couponId: string): Promise<Step> {
    await this.parts.committer.inHand(couponId);
    const earlier = await this.earlier(draft);
    if (earlier !== undefined) return earlier;
    await sleep(POLL_MS);
    return 'again';
  }

  /** The success this key had before; unknown where MySQL cannot tell whether there was one. */
  private async earlier({ userId, claimKey }: Claimant): Promise<Result<Claimed> | undefined> {
    try {
      const coupon = await readCouponByClaim(this.parts.database, userId, claimKey);
      return coupon && ok({ coupon, replayed: true });
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return rejected(rejection('OUTCOME_UNKNOWN'));
      throw error;
    }
  }

  /**
   * Redis learns the truth again; where that cannot be, this claim goes over MySQL alone. It is not
   * reserved: a try again could find its own gate within reach, and closed, because another's is not.
   */
  private async renew(template: Template, draft: ClaimDraft): Promise<Step> {
    const { rebuild, isOverloaded, clock } = this.parts;
    try {
      await rebuild.run(template.id);
      this.turns.reached(template.id);
      return 'again';
    } catch (error) {
      if (error instanceof RecordBehind) return rejected(rejection('UNAVAILABLE'));
      if (!(error instanceof RedisUnavailable)) throw error;
      if (isOverloaded()) return rejected(overloaded(clock.nowMs()));
      return this.claimAlone(template, draft, false);
    }
  }
}

/** Nothing was done. Spread over a second, so that those who are sent away do not come back together. */
function overloaded(nowMs: number): Rejection {
  return rejection('OVERLOADED', { retryAfterMs: nowMs + 500 + Math.floor(Math.random() * 1_000) });
}
