/**
 * Redis forgets that a user has coupons of a template: MySQL does not know it any more either. The gate is
 * made anew from MySQL, under a new epoch, so what is on its way with the old name is refused or found.
 */
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { RebuildGate } from './rebuild-gate.js';
import { gateTagOf } from './rules/gate-tag.js';

export class ForgetTaker {
  constructor(
    private readonly redis: RedisStore,
    private readonly catalog: Pick<TemplateCatalog, 'byId'>,
    private readonly rebuild: RebuildGate,
  ) {}

  /** @throws RedisUnavailable · DatabaseUnavailable: ask again */
  async run(templateId: string, userId: string): Promise<void> {
    const template = await this.catalog.byId(templateId);
    if (template === undefined) return;
    const key = redisKeys.takers(gateTagOf(template, userId));
    const isKnown = await this.redis.ask(key, (client) => client.hexists(key, userId));
    if (isKnown === 1) await this.rebuild.run(templateId);
  }
}
