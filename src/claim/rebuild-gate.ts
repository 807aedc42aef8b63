/**
 * Builds Redis' view of a template from MySQL, after Redis lost it, came back from the past, or was
 * passed by while it was gone; and before the first claim.
 *
 * The epoch is raised in MySQL first. From then on MySQL refuses every reservation of an older one, so
 * what is read afterwards is complete, and what Redis had before is nobody's any more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { REBUILD_LEASE_MS, REBUILD_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { TemplateRules } from '../template/template.types.js';
import { CLAIM_SQL } from './claim.store.js';

const openGate = loadScript(import.meta.url, './lua/open-gate-6.lua');

/** Leftovers of a rebuild whose process died go by themselves. */
const BUILDING_TTL_S = 300;
const LEASE_POLL_MS = 25;

interface Stock {
  readonly epoch: number;
  readonly left: number | null;
}

export class RebuildGate {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly catalog: TemplateCatalog,
  ) {}

  /** One rebuild at a time; whoever comes meanwhile waits for the same. @throws RedisUnavailable · DatabaseUnavailable */
  async run(templateId: string): Promise<void> {
    const running = this.running.get(templateId);
    if (running !== undefined) return running;
    const started = this.underLease(templateId).finally(() => this.running.delete(templateId));
    this.running.set(templateId, started);
    return started;
  }

  /** Another process that holds the lease is doing this very work: waiting for it is enough. */
  private async underLease(templateId: string): Promise<void> {
    const key = redisKeys.rebuild(templateId);
    const got = await this.redis.ask((client) =>
      client.set(key, '1', 'PX', REBUILD_LEASE_MS, 'NX'),
    );
    if (got === null) {
      while ((await this.redis.ask((client) => client.exists(key))) === 1)
        await sleep(LEASE_POLL_MS);
      await this.catalog.forget(templateId);
      return;
    }
    try {
      await this.build(templateId);
    } finally {
      await this.redis.ask((client) => client.del(key)).catch(() => undefined);
    }
  }

  private async build(templateId: string): Promise<void> {
    const runId = await this.redis.serverRunId();
    const stock = await this.raiseEpoch(templateId);
    const template = await this.catalog.fresh(templateId);
    if (template === undefined) return;
    const usedDraws = await this.copyTakers(templateId, stock.epoch);
    const draw = await this.copyDraws(templateId, stock.epoch, template.rules, usedDraws);
    const keys = [
      redisKeys.gate(templateId),
      redisKeys.takers(templateId),
      redisKeys.takersBeingBuilt(templateId, stock.epoch),
      redisKeys.draws(templateId),
      redisKeys.drawsBeingBuilt(templateId, stock.epoch),
      redisKeys.journal(templateId),
    ];
    const limit = template.rules.perUserLimit;
    await this.redis.run(openGate, keys, [stock.epoch, runId, stock.left ?? '', limit, draw ?? '']);
    await this.redis.ask((client) => client.sadd(redisKeys.openJournals, templateId));
  }

  private async renewLease(templateId: string): Promise<void> {
    await this.redis.ask((client) =>
      client.pexpire(redisKeys.rebuild(templateId), REBUILD_LEASE_MS),
    );
  }

  private raiseEpoch(templateId: string): Promise<Stock> {
    return this.database.transaction(async (sql) => {
      await sql.change(CLAIM_SQL.raiseEpoch, [templateId]);
      const [row] = await sql.rows(CLAIM_SQL.stockOf, [templateId]);
      if (row === undefined) throw new Error(`template ${templateId} is gone`);
      const total = row['total_count'];
      const left = total === null ? null : Math.max(0, Number(total) - Number(row['issued']));
      return { epoch: Number(row['epoch']), left };
    });
  }

  /** Pages through the coupons by (user, slot), the unique key of the per-user limit. */
  private async copyTakers(templateId: string, epoch: number): Promise<Set<number>> {
    const key = redisKeys.takersBeingBuilt(templateId, epoch);
    const draws = new Set<number>();
    let [user, slot, carried] = ['', 0, ''];
    for (;;) {
      const values = [templateId, user, user, slot, REBUILD_PAGE];
      const rows = await this.database.rows(CLAIM_SQL.takers, values);
      const takers = new Map<string, string>();
      for (const row of rows) {
        const rowUser = String(row['user_id']);
        const before = takers.get(rowUser) ?? (rowUser === user ? carried : '');
        takers.set(rowUser, `${before}${row['slot']},${row['claim_key']},${row['id']};`);
        if (row['draw_no'] !== null) draws.add(Number(row['draw_no']));
      }
      if (takers.size > 0) await this.redis.ask((client) => client.hset(key, takers));
      await this.renewLease(templateId);
      const last = rows.at(-1);
      if (last === undefined || rows.length < REBUILD_PAGE) break;
      user = String(last['user_id']);
      slot = Number(last['slot']);
      carried = takers.get(user) ?? '';
    }
    await this.redis.ask((client) => client.expire(key, BUILDING_TTL_S));
    return draws;
  }

  /** @returns the highest draw number that is spent; the free ones below it are put back into the list */
  private async copyDraws(
    templateId: string,
    epoch: number,
    rules: TemplateRules,
    used: ReadonlySet<number>,
  ): Promise<number | null> {
    if (rules.redPacket === null) return null;
    let highest = 0;
    for (const draw of used) highest = Math.max(highest, draw);
    const free: number[] = [];
    for (let draw = 1; draw < highest; draw += 1) if (!used.has(draw)) free.push(draw);
    if (free.length > 0) {
      const key = redisKeys.drawsBeingBuilt(templateId, epoch);
      await this.redis.ask((client) => client.rpush(key, ...free));
      await this.redis.ask((client) => client.expire(key, BUILDING_TTL_S));
    }
    return highest;
  }
}
