/**
 * One page of one grant: asks for a coupon for each of its users, and writes down what became of them.
 *
 * Promises: nobody has two coupons of one grant, whoever is killed and however often it is asked: the key is
 * of the grant and the user, and MySQL keeps it unique. A user whose outcome is not known stays in the list,
 * to be asked for again.
 */
import type { Claimed } from '../claim/claim-directly.js';
import type { IssueCoupon } from '../claim/issue-coupon.js';
import { GRANT_AT_ONCE_MAX } from '../config/limits.js';
import { atMostAtOnce } from '../kernel/at-most-at-once.js';
import type { Clock } from '../kernel/clock.js';
import { rejection, type FailureCode } from '../kernel/rejection.js';
import { rejected, type Result } from '../kernel/result.js';
import type { Database } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { reached } from '../storage/steps.js';
import { GRANT_SQL, lockGrant, stepGrant } from './grant.store.js';
import type { Grant, Member } from './grant.types.js';
import { markGranted, markRefused, readServed } from './member.store.js';
import { grantKeysOf } from './rules/grant-key.js';
import type { GrantEvent } from './rules/grant-lifecycle.js';
import { judgeMember } from './rules/judge-member.js';

/** One run as the frame of the jobs hands it out: its database refuses who lost the lease. */
export interface GrantRun {
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  readonly signal: AbortSignal;
}

export interface GrantParts {
  readonly issue: Pick<IssueCoupon, 'run'>;
  readonly clock: Clock;
  /** What nobody expected of one user; it is asked for again. */
  readonly onFault: (error: unknown, grantId: string) => void;
}

interface Outcomes {
  readonly granted: readonly Member[];
  readonly refused: ReadonlyMap<FailureCode, readonly Member[]>;
}

const ACTOR = 'job:run-grants';

export class WorkGrant {
  constructor(private readonly parts: GrantParts) {}

  /** @returns how many users were decided */
  async ask(run: GrantRun, grant: Grant, members: readonly Member[]): Promise<number> {
    const granted: Member[] = [];
    const refused = new Map<FailureCode, Member[]>();
    await atMostAtOnce(GRANT_AT_ONCE_MAX, members, async (member) => {
      if (run.signal.aborted) return;
      const judgement = judgeMember(await this.issue(grant, member));
      if (judgement.state === 'GRANTED') granted.push(member);
      if (judgement.state === 'REFUSED')
        refused.set(judgement.code, [...(refused.get(judgement.code) ?? []), member]);
    });
    reached('grant:asked');
    return this.write(run, grant.id, { granted, refused });
  }

  /**
   * Of a grant that was stopped in the middle of a page: who has a coupon is marked so, the others stay as
   * they were. Nobody can be given one any more, so what is found is final.
   * @returns how many were marked
   */
  async settle(run: GrantRun, grant: Grant, members: readonly Member[]): Promise<number> {
    const range = [members[0]!.position, members.at(-1)!.position] as const;
    const granted = await readServed(run.database, grant, range);
    return this.write(run, grant.id, { granted, refused: new Map() });
  }

  async step(run: GrantRun, id: string, event: GrantEvent): Promise<void> {
    const atMs = this.parts.clock.nowMs();
    await run.database.transaction(async (sql) => {
      const grant = await lockGrant(sql, id);
      // One that was stopped meanwhile stays so.
      if (grant !== undefined) await stepGrant(sql, grant, event, { actor: ACTOR, atMs });
    });
  }

  private async issue({ id, templateId }: Grant, { userId }: Member): Promise<Result<Claimed>> {
    const via = { kind: 'GRANT', originId: id } as const;
    try {
      return await this.parts.issue.run({
        ...grantKeysOf(id),
        templateId,
        userId,
        via,
        channel: null,
        visitor: null,
      });
    } catch (error) {
      this.parts.onFault(error, id);
      return rejected(rejection('OUTCOME_UNKNOWN'));
    }
  }

  private async write(run: GrantRun, id: string, { granted, refused }: Outcomes): Promise<number> {
    if (granted.length + refused.size === 0) return 0;
    const now = toSqlMoment(this.parts.clock.nowMs());
    return run.database.transaction(async (sql) => {
      const grant = await lockGrant(sql, id);
      const isOver = grant?.status === 'STOPPED' || grant?.status === 'FAILED';
      let refusals = 0;
      for (const [code, members] of refused) {
        // So the coupons of a stopped grant are answered: nobody is refused by that.
        if (isOver && code === 'CLAIM_CLOSED') continue;
        refusals += await markRefused(sql, id, code, members);
      }
      const grants = await markGranted(sql, id, granted);
      await sql.change(GRANT_SQL.progress, [refusals, now, id]);
      return grants + refusals;
    });
  }
}
