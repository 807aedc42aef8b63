/**
 * Settles what a crash left in the journals: every entry that nobody settled for a while is taken over
 * and committed, which changes nothing if it was committed before. Any worker may do it at any time.
 */
import { GATE_KEPT_MS, JOURNAL_PAGE, JOURNAL_SETTLE_AFTER_MS } from '../config/limits.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { Template } from '../template/template.types.js';
import { closedBecause } from '../template/rules/claim-window.js';
import type { Clock } from '../kernel/clock.js';
import type { ClaimDraft, Reservation } from './claim.types.js';
import type { Committer } from './committer.js';
import type { Journal } from './journal.js';
import type { RebuildGate } from './rebuild-gate.js';
import { faceValueOf } from './rules/draw-amount.js';

const takeOverJournal = loadScript(import.meta.url, './lua/take-over-journal-1.lua');

type Entry = [id: string, fields: string[]];

export class SettleJournals {
  constructor(
    private readonly redis: RedisStore,
    private readonly catalog: TemplateCatalog,
    private readonly committer: Committer,
    private readonly journal: Journal,
    private readonly rebuild: RebuildGate,
    private readonly clock: Clock,
    private readonly onPoison: (templateId: string, entry: Entry) => void,
  ) {}

  /** @returns how many entries were settled */
  async run(settleAfterMs: number = JOURNAL_SETTLE_AFTER_MS): Promise<number> {
    const templateIds = await this.redis.ask((client) => client.smembers(redisKeys.openJournals));
    let settled = 0;
    for (const templateId of templateIds) settled += await this.settle(templateId, settleAfterMs);
    return settled;
  }

  private async settle(templateId: string, settleAfterMs: number): Promise<number> {
    const template = await this.catalog.byId(templateId);
    if (template === undefined) return 0;
    const entries = (await this.redis.run(
      takeOverJournal,
      [redisKeys.journal(templateId)],
      [settleAfterMs, JOURNAL_PAGE],
    )) as Entry[];
    await Promise.all(entries.map((entry) => this.settleEntry(template, entry)));
    const mayRetire = entries.length === 0 && isLongOver(template, this.clock.nowMs());
    if (mayRetire) await this.retire(templateId);
    return entries.length;
  }

  /** Redis forgets a template that has long been over, unless a reservation is still open. */
  private async retire(templateId: string): Promise<void> {
    const { journal, gate, takers, draws } = redisKeys;
    if ((await this.redis.ask((client) => client.xlen(journal(templateId)))) > 0) return;
    await this.redis.ask((client) =>
      client.unlink(gate(templateId), takers(templateId), draws(templateId), journal(templateId)),
    );
    await this.redis.ask((client) => client.srem(redisKeys.openJournals, templateId));
  }

  private async settleEntry(template: Template, entry: Entry): Promise<void> {
    const reservation = toReservation(template, entry);
    if (reservation === undefined) {
      // Nobody can commit it or tell what it took: the template's stock is told anew by MySQL.
      this.onPoison(template.id, entry);
      await this.rebuild.run(template.id);
      return;
    }
    const outcome = await this.committer.commit(reservation);
    if (outcome.kind === 'COMMITTED' || outcome.kind === 'STALE') this.journal.forget(reservation);
    if (outcome.kind === 'DUPLICATE') await this.journal.giveBack(reservation);
  }
}

/** Nobody has been able to claim it for so long that no claim of it can be on its way. */
function isLongOver(template: Template, nowMs: number): boolean {
  const isStopped = template.status === 'STOPPED';
  const overSinceMs = isStopped ? template.updatedAtMs : template.rules.claimUntilMs;
  return (
    closedBecause(template, nowMs)?.code === 'CLAIM_CLOSED' && nowMs - overSinceMs > GATE_KEPT_MS
  );
}

/** undefined: the entry is not one of ours, or of a version that this one does not understand. */
function toReservation(template: Template, [journalId, list]: Entry): Reservation | undefined {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) fields.set(list[i]!, list[i + 1]!);
  try {
    const draft = JSON.parse(fields.get('draft') ?? '') as ClaimDraft;
    const drawNo = fields.get('draw') ? Number(fields.get('draw')) : null;
    const faceValueMinor = faceValueOf(template, drawNo);
    const epoch = Number(fields.get('epoch'));
    const slot = Number(fields.get('slot'));
    const isWhole = draft.templateId === template.id && Number.isInteger(epoch) && slot > 0;
    if (!isWhole) return undefined;
    return { draft, journalId, epoch, slot, drawNo, faceValueMinor, mayExist: true };
  } catch {
    return undefined;
  }
}
