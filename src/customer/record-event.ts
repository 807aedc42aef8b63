/**
 * Another service tells that a customer registered, or what is known of one now.
 *
 * Promises: an event is taken once, however often and by how many at once it is told, and its answer stays
 * the same. Which templates it gives is written down with the event, so one that was interrupted goes on with
 * them. Each stands for itself: a refusal of one is final and leaves the others alone; where nobody knows
 * about one, the answer is a retryable refusal, and the same event again completes it.
 */
import { TRIGGERED_AT_ONCE_MAX, TRIGGERED_TEMPLATES_MAX } from '../config/limits.js';
import { readCoupons } from '../coupon/coupon.store.js';
import type { Coupon } from '../coupon/coupon.types.js';
import { atMostAtOnce } from '../kernel/at-most-at-once.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database, Sql } from '../storage/database.js';
import { readGrantedOn } from '../template/granted-on.js';
import { saveProfile } from './customer.store.js';
import type { CustomerEvent, Decision, RecordedEvent } from './customer.types.js';
import {
  insertEvent,
  planGrants,
  readEventByKey,
  readPlanned,
  writeDecisions,
} from './event.store.js';
import type { IssueTriggered } from './issue-triggered.js';
import { nextBirthday } from './rules/birthday.js';
import { readEvent, type EventInput } from './rules/read-event.js';
import { keyOfEvent } from './rules/trigger-keys.js';

export interface EventAnswer {
  /** In the order of their templates. */
  readonly granted: readonly Coupon[];
  /** This event had this answer before. */
  readonly replayed: boolean;
}

type Taken = RecordedEvent & { readonly isNew: boolean };

export class RecordEvent {
  constructor(
    private readonly parts: {
      readonly database: Pick<Database, 'rows' | 'transaction'>;
      readonly issue: IssueTriggered;
      readonly clock: Clock;
    },
  ) {}

  /** @throws NotAuthenticated · NotAllowed · InputError naming the field */
  async run(caller: Caller, input: EventInput): Promise<Result<EventAnswer>> {
    requireScope(caller, 'coupons:events');
    const event = readEvent(input, this.parts.clock.nowMs());
    return settled(async () => {
      const taken = await this.parts.database.transaction((sql) => this.take(sql, event));
      if (taken.fingerprint !== event.fingerprint)
        return rejected(rejection('IDEMPOTENCY_CONFLICT'));
      if (taken.status === 'DONE') return this.answer(taken, !taken.isNew);
      return this.complete(taken, event.userId);
    });
  }

  /** Writes the event down with all that it is to do; or finds it. */
  private async take(sql: Sql, event: CustomerEvent): Promise<Taken> {
    const known = await readEventByKey(sql, event.eventKey);
    if (known !== undefined) return { ...known, isNew: false };
    const nowMs = this.parts.clock.nowMs();
    const isRegistration = event.type === 'REGISTERED';
    const templateIds = isRegistration
      ? await readGrantedOn(sql, 'REGISTERED', nowMs, TRIGGERED_TEMPLATES_MAX)
      : [];
    const status = templateIds.length > 0 ? 'OPEN' : 'DONE';
    const made = { id: newId(nowMs), fingerprint: event.fingerprint, status } as const;
    if (!(await insertEvent(sql, event, made, nowMs)))
      return { ...(await readEventByKey(sql, event.eventKey))!, isNew: false };
    await planGrants(sql, made.id, templateIds);
    await this.save(sql, event, nowMs);
    return { ...made, isNew: true };
  }

  private async save(sql: Sql, event: CustomerEvent, nowMs: number): Promise<void> {
    const { profile, userId, occurredAtMs } = event;
    if (profile === undefined) return;
    const { birthday, timeZone } = profile;
    const birthdayDueAtMs = birthday === null ? null : nextBirthday({ birthday, timeZone }, nowMs);
    await saveProfile(sql, userId, profile, { occurredAtMs, birthdayDueAtMs });
  }

  private async complete(event: RecordedEvent, userId: string): Promise<Result<EventAnswer>> {
    const { database, issue } = this.parts;
    const open = (await readPlanned(database, event.id)).filter(
      ({ couponId, refusal }) => couponId === null && refusal === null,
    );
    const decisions = new Map<string, Decision>();
    await atMostAtOnce(TRIGGERED_AT_ONCE_MAX, open, async ({ templateId }) => {
      const key = keyOfEvent(event.id, templateId);
      decisions.set(templateId, await issue.run({ templateId, userId, originId: event.id, key }));
    });
    const isOurs = await database.transaction((sql) => writeDecisions(sql, event.id, decisions));
    const pending = [...decisions.values()].flatMap((one) =>
      one.state === 'PENDING' ? [one.code] : [],
    );
    // What may have been done says more than what was not.
    const code = pending.find((one) => one === 'OUTCOME_UNKNOWN') ?? pending[0];
    if (code !== undefined) return rejected(rejection(code));
    return this.answer(event, !isOurs);
  }

  private async answer({ id }: RecordedEvent, replayed: boolean): Promise<Result<EventAnswer>> {
    const planned = await readPlanned(this.parts.database, id);
    const ids = planned.flatMap(({ couponId }) => couponId ?? []);
    const coupons = await readCoupons(this.parts.database, ids);
    const byId = new Map(coupons.map((coupon) => [coupon.id, coupon]));
    return ok({ granted: ids.flatMap((couponId) => byId.get(couponId) ?? []), replayed });
  }
}
