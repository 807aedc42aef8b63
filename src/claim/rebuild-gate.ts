/**
 * Builds Redis' view of a template from MySQL, after Redis lost it, came back from the past, or was
 * passed by while it was gone; and before the first claim.
 *
 * The epoch is raised in MySQL first. From then on MySQL refuses every reservation of an older one, so
 * what is read afterwards is complete, and what Redis had before is nobody's any more.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { REBUILD_LEASE_MS } from '../config/limits.js';
import { reached } from '../storage/steps.js';
import type { Database } from '../storage/database.js';
import { loadScript } from '../storage/redis-script.js';
import { redisKeys } from '../storage/redis-keys.js';
import { RedisDamaged, RedisUnavailable, type RedisStore } from '../storage/redis.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import type { Template, TemplateRules } from '../template/template.types.js';
import type { GateTag } from './claim.types.js';
import { CLAIM_SQL } from './claim.store.js';
import { BUILDING_TTL_S, copyTakers, type Copied } from './copy-takers.js';
import { lookAtGates } from './look-at-gate.js';
import { noteJournals } from './open-journals.js';
import { gateTagsOf, shareOut } from './rules/gate-tag.js';

const endLease = loadScript(import.meta.url, './lua/end-lease-1.lua');
const openGate = loadScript(import.meta.url, './lua/open-gate-6.lua');
const tellLife = loadScript(import.meta.url, './lua/tell-life-1.lua');

const LEASE_POLL_MS = 25;
/** Builds in a row that lose what they built; more, and Redis is of no use now. */
const BUILD_TRIES_MAX = 3;

/** NEWER: another rebuild was faster. LOST: Redis lost what was copied. */
type Opened = 'OPENED' | 'NEWER' | 'LOST';

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
    const { database, redis } = this;
    const known = await this.catalog.fresh(templateId);
    if (known === undefined) return true;
    const lives = await this.tellLives(gateTagsOf(known));
    // Before it is raised: an epoch that is raised by every try would overtake Redis at last.
    await this.refuseOlderRecord(known);
    const stock = await this.raiseEpoch(templateId);
    reached('rebuild:epoch-raised');
    const template = await this.catalog.fresh(templateId);
    if (template === undefined) return true;
    const onPage = () => this.renewLease(templateId);
    const copied = await copyTakers({ database, redis, onPage }, template, stock.epoch);
    const draws = await this.copyDraws(templateId, stock.epoch, template.rules, copied.usedDraws);
    reached('rebuild:copied');
    // Before they are opened: an open gate whose journal nobody looks at could strand a reservation.
    await noteJournals(redis, gateTagsOf(template));
    const opened = await this.open(template, stock, copied, draws, lives);
    reached('rebuild:opened');
    if (opened.includes('NEWER')) await this.refuseOlderRecord(template);
    return !opened.includes('LOST');
  }

  /** Which life the server of each gate is in. Of a split template every part must be within reach, or none is opened. */
  private tellLives(tags: readonly GateTag[]): Promise<string[]> {
    const tell = async (tag: GateTag) =>
      (await this.redis.run(tellLife, [redisKeys.gate(tag)], [])) as string;
    return Promise.all(tags.map(tell));
  }

  /** All gates of a template, each with its share of what is left. */
  private open(
    template: Template,
    stock: Stock,
    copied: Copied,
    draws: Draws,
    lives: readonly string[],
  ): Promise<Opened[]> {
    const { epoch, committedSeq } = stock;
    const tags = gateTagsOf(template);
    const lefts = shareOut(stock.left, tags.length);
    const openOne = async (tag: GateTag, part: number) => {
      const keys = [
        redisKeys.gate(tag),
        redisKeys.takers(tag),
        redisKeys.takersBeingBuilt(tag, epoch),
        redisKeys.draws(tag),
        redisKeys.drawsBeingBuilt(tag, epoch),
        redisKeys.journal(tag),
      ];
      const { perUserLimit } = template.rules;
      const [left, highest] = [lefts[part] ?? '', draws.highest ?? ''];
      const users = copied.users.get(tag)!;
      const life = lives[part] ?? '';
      const args = [epoch, committedSeq, left, perUserLimit, highest, users, draws.free, life];
      return (await this.redis.run(openGate, keys, args)) as Opened;
    };
    return Promise.all(tags.map(openOne));
  }

  /**
   * A gate's epoch is raised in MySQL before it is opened, so one ahead of MySQL proves that MySQL is not
   * the one that raised it. @throws RecordBehind
   */
  private async refuseOlderRecord(template: Template): Promise<void> {
    const gates = await lookAtGates(this.redis, gateTagsOf(template)).catch((error: unknown) => {
      if (error instanceof RedisDamaged) return []; // Not ours, so it tells nothing.
      throw error;
    });
    const [row] = await this.database.rows(CLAIM_SQL.stockOf, [template.id]);
    const epoch = Number(row?.['epoch']);
    if (gates.some((gate) => gate !== undefined && gate.epoch > epoch))
      throw new RecordBehind(template.id);
  }

  private async renewLease(templateId: string): Promise<void> {
    const key = redisKeys.rebuild(templateId);
    await this.redis.ask(key, (client) => client.pexpire(key, REBUILD_LEASE_MS));
  }

  private raiseEpoch(templateId: string): Promise<Stock> {
    return this.database.transaction(async (sql) => {
      await sql.change(CLAIM_SQL.raiseToRebuild, [templateId]);
      const [row] = await sql.rows(CLAIM_SQL.stockOf, [templateId]);
      if (row === undefined) throw new Error(`template ${templateId} is gone`);
      const total = row['total_count'];
      const left = total === null ? null : Math.max(0, Number(total) - Number(row['issued']));
      const committedSeq = Number(row['committed_seq']);
      return { epoch: Number(row['epoch']), committedSeq, left };
    });
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
