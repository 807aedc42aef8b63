/**
 * A user makes a link to share a template. One a user and template: asking again gives the same one.
 *
 * The token is stored as it is. It opens nothing but a claim, which the guard and all limits stand before;
 * it is made to be passed around, and coupon codes stand in the same database. Derived from a key it would
 * die with the key, and links that people have sent must not.
 */
import { randomBytes } from 'node:crypto';
import { requireUser, type Caller } from '../../kernel/caller.js';
import type { Clock } from '../../kernel/clock.js';
import { isId, newId } from '../../kernel/ids.js';
import { rejection } from '../../kernel/rejection.js';
import { ok, rejected, type Result } from '../../kernel/result.js';
import { settled } from '../../storage/as-rejection.js';
import type { Database } from '../../storage/database.js';
import { closedBecause } from '../../template/rules/claim-window.js';
import type { TemplateCatalog } from '../../template/template-catalog.js';
import type { ShareRule, Template } from '../../template/template.types.js';
import { insertShare, readShareOf } from './share.store.js';
import type { Share } from './share.types.js';

const TOKEN_BYTES = 16;

export class CreateShare {
  constructor(
    private readonly database: Database,
    private readonly catalog: TemplateCatalog,
    private readonly clock: Clock,
  ) {}

  /** @throws NotAuthenticated */
  async run(caller: Caller, templateId: string): Promise<Result<Share>> {
    const userId = requireUser(caller);
    return settled(async () => {
      const template = isId(templateId) ? await this.catalog.byId(templateId) : undefined;
      if (template === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
      const { share } = template.rules;
      if (share === null) return rejected(rejection('NOT_TARGETED'));
      const earlier = await readShareOf(this.database, templateId, userId);
      if (earlier !== undefined) return ok(earlier);
      const nowMs = this.clock.nowMs();
      const closed = closedBecause(template, nowMs);
      return closed ? rejected(closed) : ok(await this.make(template, share, userId, nowMs));
    });
  }

  private async make(
    { id: templateId }: Template,
    { acceptLimit, rewardTemplateId }: ShareRule,
    userId: string,
    nowMs: number,
  ): Promise<Share> {
    const made: Share = {
      id: newId(nowMs),
      templateId,
      userId,
      token: randomBytes(TOKEN_BYTES).toString('base64url'),
      acceptLimit,
      placesLeft: acceptLimit,
      reward: rewardTemplateId === null ? null : pending(rewardTemplateId),
      createdAtMs: nowMs,
    };
    await this.database.transaction((sql) => insertShare(sql, made));
    // Of two requests at once the first made it.
    return (await readShareOf(this.database, templateId, userId)) ?? made;
  }
}

function pending(templateId: string): Share['reward'] {
  return { templateId, status: 'PENDING', couponId: null, refusal: null, settledAtMs: null };
}
