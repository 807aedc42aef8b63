/**
 * Builds Redis' view of a template from MySQL, after Redis lost it, came back from the past, or was
 * passed by while it was gone; and before the first claim.
 *
 * The epoch is raised in MySQL first. From then on MySQL refuses every reservation of an older one, so
 * what is read afterwards is complete, and what Redis had before is nobody's any more.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { REBUILD_LEASE_MS, REBUILD_PAGE } from '../config/limits.js';
import { reached } from '../storage/steps.js';
import type { Database } from '../storage/database.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisUnavailable, type RedisStore } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { TemplateRules } from '../template/template.types.js';
import { CLAIM_SQL } from './claim.store.js';
import { lookAtGate } from './look-at-gate.js';
import { noteJournals } from './open-journals.js';

const endLease = loadScript(import.meta.url, './lua/end-lease-1.lua');
const openGate = loadScript(import.meta.url, './lua/open-gate-6.lua');

/** Leftovers of a rebuild whose process died go by themselves. */
const BUILDING_TTL_S = 300;
const LEASE_POLL_MS = 25;
/** Builds in a row that lose what they built; more, and Redis is of no use now. */
const BUILD_TRIES_MAX = 3;

/** What was copied of a template's coupons. */
interface Copied {
  readonly users: number;
  readonly usedDraws: ReadonlySet<number>;
}

interface Draws {
  /** The highest number that is spent; null: no red packet. */
  readonly highest: number | null;
  /** How many below it are free, and were put into the list. */
  readonly free: number;
}

interface Stock {
  readonly epoch: number;
  readonly committedSeq: number;
  readonly left: number | null;
}

/**
 * Redis has a newer epoch than MySQL: MySQL was set back, by a restored backup perhaps, and coupons that
 * were answered may be missing. The template stays closed until somebody has looked (docs/reliability.md).
 */
export class RecordBehind extends Error {
  constructor(templateId: string) {
    super(`MySQL is behind Redis for template ${templateId}: was a backup restored?`);
    this.name = 'RecordBehind';
  }
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
    const token = randomUUID();
    const got = await this.redis.ask(key, (client) =>
      client.set(key, token, 'PX', REBUILD_LEASE_MS, 'NX'),
    );
    if (got === null) {
      while ((await this.redis.ask(key, (client) => client.exists(key))) === 1)
        await sleep(LEASE_POLL_MS);
      await this.catalog.forget(templateId);
      return;
    }
    try {
      for (let tries = 0; tries < BUILD_TRIES_MAX; tries += 1) {
        if (await this.build(templateId)) return;
      }
      throw new RedisUnavailable(
        `the view of template ${templateId} is lost while it is built`,
        true,
      );
    } finally {
      await this.redis.run(endLease, [key], [token]).catch(() => undefined);
    }
  }

  /** @returns false: Redis lost a part of it before it was opened */
  private async build(templateId: string): Promise<boolean> {
    const stock = await this.raiseEpoch(templateId);
    reached('rebuild:epoch-raised');
    const template = await this.catalog.fresh(templateId);
    if (template === undefined) return true;
    const { users, usedDraws } = await this.copyTakers(templateId, stock.epoch);
    const draws = await this.copyDraws(templateId, stock.epoch, template.rules, usedDraws);
    const keys = [
      redisKeys.gate(templateId),
      redisKeys.takers(templateId),
      redisKeys.takersBeingBuilt(templateId, stock.epoch),
      redisKeys.draws(templateId),
      redisKeys.drawsBeingBuilt(templateId, stock.epoch),
      redisKeys.journal(templateId),
    ];
    reached('rebuild:copied');
    const opened = (await this.redis.run(openGate, keys, [
      stock.epoch,
      stock.committedSeq,
      stock.left ?? '',
      template.rules.perUserLimit,
      draws.highest ?? '',
      users,
      draws.free,
    ])) as 'OPENED' | 'NEWER' | 'LOST';
    reached('rebuild:opened');
    await noteJournals(this.redis, [templateId]);
    if (opened === 'NEWER') await this.refuseOlderRecord(templateId);
    return opened !== 'LOST';
  }

  /**
   * A gate's epoch is raised in MySQL before it is opened, so one ahead of MySQL proves that MySQL is not
   * the one that raised it. @throws RecordBehind
   */
  private async refuseOlderRecord(templateId: string): Promise<void> {
    const gate = await lookAtGate(this.redis, templateId);
    const [row] = await this.database.rows(CLAIM_SQL.stockOf, [templateId]);
    if (gate !== undefined && gate.epoch > Number(row?.['epoch']))
      throw new RecordBehind(templateId);
  }

  private async renewLease(templateId: string): Promise<void> {
    const key = redisKeys.rebuild(templateId);
    await this.redis.ask(key, (client) => client.pexpire(key, REBUILD_LEASE_MS));
  }

  private raiseEpoch(templateId: string): Promise<Stock> {
    return this.database.transaction(async (sql) => {
      await sql.change(CLAIM_SQL.raiseEpoch, [templateId]);
      const [row] = await sql.rows(CLAIM_SQL.stockOf, [templateId]);
      if (row === undefined) throw new Error(`template ${templateId} is gone`);
      const total = row['total_count'];
      const left = total === null ? null : Math.max(0, Number(total) - Number(row['issued']));
      const committedSeq = Number(row['committed_seq']);
      return { epoch: Number(row['epoch']), committedSeq, left };
    });
  }

  /** Pages through the coupons by (user, slot), the unique key of the per-user limit. */
  private async copyTakers(templateId: string, epoch: number): Promise<Copied> {
    const key = redisKeys.takersBeingBuilt(templateId, epoch);
    const usedDraws = new Set<number>();
    let users = 0;
    let [user, slot, carried] = ['', 0, ''];
    for (;;) {
      const values = [templateId, user, user, slot, REBUILD_PAGE];
      const rows = await this.database.rows(CLAIM_SQL.takers, values);
      const takers = new Map<string, string>();
      for (const row of rows) {
        const rowUser = String(row['user_id']);
        const before = takers.get(rowUser) ?? (rowUser === user ? carried : '');
        takers.set(rowUser, `${before}${row['slot']},${row['claim_key']},${row['id']};`);
        if (row['draw_no'] !== null) usedDraws.add(Number(row['draw_no']));
      }
      users += takers.size - (takers.has(user) ? 1 : 0);
      if (takers.size > 0) await this.redis.ask(key, (client) => client.hset(key, takers));
      await this.renewLease(templateId);
      const last = rows.at(-1);
      if (last === undefined || rows.length < REBUILD_PAGE) break;
      user = String(last['user_id']);
      slot = Number(last['slot']);
      carried = takers.get(user) ?? '';
    }
    await this.redis.ask(key, (client) => client.expire(key, BUILDING_TTL_S));
    return { users, usedDraws };
  }

  private async copyDraws(
    templateId: string,
    epoch: number,
    rules: TemplateRules,
    used: ReadonlySet<number>,
  ): Promise<Draws> {
    if (rules.redPacket === null) return { highest: null, free: 0 };
    let highest = 0;
    for (const draw of used) highest = Math.max(highest, draw);
    const free: number[] = [];
    for (let draw = 1; draw < highest; draw += 1) if (!used.has(draw)) free.push(draw);
    if (free.length > 0) {
      const key = redisKeys.drawsBeingBuilt(templateId, epoch);
      await this.redis.ask(key, (client) => client.rpush(key, ...free));
      await this.redis.ask(key, (client) => client.expire(key, BUILDING_TTL_S));
    }
    return { highest, free: free.length };
  }
}
