/**
 * Settles what a crash left in the journals: every entry that nobody settled for a while is taken over
 * and committed, which changes nothing if it was committed before. Any worker may do it at any time.
 *
 * An entry that cannot be read, or that MySQL does not take however often it is asked, is set aside in the
 * quarantine; then the template's epoch is raised, so that it can never be committed later, and its stock
 * is told anew by MySQL. One broken template does not hold up the others.
 */
import {
  JOURNAL_FOREIGN_AFTER_MS,
  JOURNAL_PAGE,
  JOURNAL_SETTLE_AFTER_MS,
  JOURNAL_TRIES_MAX,
} from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { reached } from '../storage/steps.js';
import type { Database } from '../storage/database.js';
import { redisKeys } from '../storage/redis-keys.js';
import { loadScript } from '../storage/redis-script.js';
import { RedisDamaged, type RedisStore } from '../storage/redis.js';
import type { Sealer } from '../storage/seal.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { Template } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import type { Committer } from './committer.js';
import type { Journal } from './journal.js';
import { dropJournal, journalsToSettle } from './open-journals.js';
import { setAside, type SetAside } from './quarantine.store.js';
import type { RebuildGate } from './rebuild-gate.js';
import { templateIdOf } from './rules/gate-tag.js';
import { ENTRY_VERSION, readEntry, type Entry } from './rules/read-entry.js';
import { isLongOver } from './rules/is-long-over.js';

const takeOverJournal = loadScript(import.meta.url, './lua/take-over-journal-2.lua');

export interface SettleParts {
  readonly database: Database;
  readonly redis: RedisStore;
  readonly sealer: Sealer;
  readonly catalog: TemplateCatalog;
  readonly committer: Committer;
  readonly journal: Journal;
  readonly rebuild: RebuildGate;
  readonly clock: Clock;
  /** Told of every entry that was set aside. */
  readonly onQuarantined: (aside: SetAside) => void;
  /** Told of a template that could not be settled now. */
  readonly onTrouble: (templateId: string, error: unknown) => void;
}

export class SettleJournals {
  constructor(private readonly parts: SettleParts) {}

  /**
   * @param settleAfterMs how long an entry must have waited
   * @returns how many entries were taken over
   */
  async run(settleAfterMs: number = JOURNAL_SETTLE_AFTER_MS): Promise<number> {
    const { redis, database, clock, onTrouble } = this.parts;
    const tags = await journalsToSettle(redis, database, clock.nowMs());
    let settled = 0;
    for (const tag of tags) {
      try {
        settled += await this.settle(tag, settleAfterMs);
      } catch (error) {
        const templateId = templateIdOf(tag);
        onTrouble(templateId, error);
        if (error instanceof RedisDamaged) await this.mend(templateId);
      }
    }
    return settled;
  }

  private async settle(tag: GateTag, settleAfterMs: number): Promise<number> {
    const { catalog, rebuild, clock } = this.parts;
    const template = await catalog.byId(templateIdOf(tag));
    if (template === undefined) return this.dropOrphans(tag);
    const mayRetire = isLongOver(template, clock.nowMs());
    const entries = await this.takeOver(tag, settleAfterMs);
    if (entries === 'REBUILD') {
      if (mayRetire) await this.forgetGate(tag);
      else await rebuild.run(template.id);
      return 0;
    }
    if (entries.length > 0) reached('settle:taken-over');
    const wasSetAside = await Promise.all(
      entries.map((entry) => this.settleEntry(template, tag, entry)),
    );
    if (wasSetAside.includes(true)) await rebuild.run(template.id);
    if (mayRetire && entries.length === 0) await this.retire(tag);
    return entries.length;
  }

  private async takeOver(tag: GateTag, settleAfterMs: number): Promise<Entry[] | 'REBUILD'> {
    const keys = [redisKeys.journal(tag), redisKeys.gate(tag)];
    const args = [settleAfterMs, JOURNAL_PAGE, ENTRY_VERSION, JOURNAL_FOREIGN_AFTER_MS];
    return (await this.parts.redis.run(takeOverJournal, keys, args)) as Entry[] | 'REBUILD';
  }

  /** @returns whether it was set aside */
  private async settleEntry(template: Template, tag: GateTag, entry: Entry): Promise<boolean> {
    const { committer, journal } = this.parts;
    const read = readEntry(template, tag, entry);
    if (!read.ok) return this.quarantine(template.id, entry, read.reason);
    const { reservation, tries } = read;
    const outcome = await committer.commit(reservation);
    if (outcome.kind === 'COMMITTED' || outcome.kind === 'STALE') journal.forget(reservation);
    if (outcome.kind === 'DUPLICATE' || outcome.kind === 'REFUSED')
      await journal.giveBack(reservation);
    const isHopeless = outcome.kind === 'POISONED' && tries >= JOURNAL_TRIES_MAX;
    if (!isHopeless) return false;
    const { userId, couponId } = reservation.draft;
    return this.quarantine(template.id, entry, outcome.reason, { userId, couponId, tries });
  }

  private async quarantine(
    templateId: string,
    entry: Entry,
    reason: string,
    told: Pick<SetAside, 'userId' | 'couponId' | 'tries'> = NOTHING_TOLD,
  ): Promise<true> {
    const { database, sealer, clock, onQuarantined } = this.parts;
    const aside = { templateId, entry, reason, ...told };
    if (await setAside(database, sealer, aside, clock.nowMs())) onQuarantined(aside);
    return true;
  }

  /** Entries of a template that is not there: nobody can commit them, and there is no stock to tell. */
  private async dropOrphans(tag: GateTag): Promise<number> {
    const { redis, catalog } = this.parts;
    // Memory may be older than the template.
    if ((await catalog.fresh(templateIdOf(tag))) !== undefined) return 0;
    const key = redisKeys.journal(tag);
    const entries = await redis.ask(key, (client) =>
      client.xrange(key, '-', '+', 'COUNT', JOURNAL_PAGE),
    );
    for (const entry of entries)
      await this.quarantine(templateIdOf(tag), entry, 'there is no such template');
    const ids = entries.map(([id]) => id);
    if (ids.length > 0) await redis.ask(key, (client) => client.xdel(key, ...ids));
    else await dropJournal(redis, tag);
    return ids.length;
  }

  /** What is there is of another type than ours: a rebuild puts the right one in its place. */
  private async mend(templateId: string): Promise<void> {
    const { rebuild, onTrouble } = this.parts;
    await rebuild.run(templateId).catch((error: unknown) => onTrouble(templateId, error));
  }

  /** Redis forgets a gate of a template that has long been over, unless a reservation is still open. */
  private async retire(tag: GateTag): Promise<void> {
    const { redis } = this.parts;
    const key = redisKeys.journal(tag);
    if ((await redis.ask(key, (client) => client.xlen(key))) > 0) return;
    await this.forgetGate(tag);
  }

  private async forgetGate(tag: GateTag): Promise<void> {
    const { redis } = this.parts;
    const { gate, takers, draws, journal } = redisKeys;
    const key = journal(tag);
    await redis.ask(key, (client) => client.unlink(gate(tag), takers(tag), draws(tag), key));
    await dropJournal(redis, tag);
  }
}

const NOTHING_TOLD = { userId: null, couponId: null, tries: 0 };
