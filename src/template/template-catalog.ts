/**
 * How templates are read: process memory, then Redis, then MySQL.
 *
 * Promises: a change is seen by every process within a second, because memory and Redis each keep a
 * row for less than half of that and need no message to arrive; however many callers ask for a cold
 * template, one of them asks MySQL; however many templates are asked for at once, it is one statement.
 */
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import {
  TEMPLATE_MEMORY_MS,
  TEMPLATE_REDIS_MS,
  TEMPLATE_VERSIONS_IN_MEMORY_MAX,
  TEMPLATES_IN_MEMORY_MAX,
} from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { redisKeys } from '../storage/redis-keys.js';
import type { RedisStore } from '../storage/redis.js';
import { readTemplates, readVersions, versionKey } from './template.store.js';
import type { Template, TemplateRules } from './template.types.js';

/** LRUCache cannot hold undefined, and a missing template must be remembered too. */
type Found = Template | 'none';

interface VersionId {
  readonly templateId: string;
  readonly version: number;
}

export class TemplateCatalog {
  private readonly templates = new LRUCache<string, Found>({
    max: TEMPLATES_IN_MEMORY_MAX,
    ttl: TEMPLATE_MEMORY_MS,
  });
  /** One load a template, whoever waits for it. */
  private readonly coming = new Map<string, Promise<Found>>();
  private readonly versions = new LRUCache<string, TemplateRules>({
    max: TEMPLATE_VERSIONS_IN_MEMORY_MAX,
  });
  private readonly templateBatches: DataLoader<string, Found>;
  private readonly versionBatches: DataLoader<VersionId, TemplateRules, string>;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
  ) {
    this.templateBatches = new DataLoader((ids) => this.loadTemplates(ids), { cache: false });
    this.versionBatches = new DataLoader((keys) => this.loadVersions(keys), {
      cacheKeyFn: ({ templateId, version }) => versionKey(templateId, version),
      cache: false,
    });
  }

  /** The template as it stood within the last second. */
  async byId(id: string): Promise<Template | undefined> {
    const found = this.templates.get(id) ?? (await this.load(id));
    return found === 'none' ? undefined : found;
  }

  /** The rules a coupon was issued under. Versions never change, so memory is believed for ever. */
  async rulesOf(templateId: string, version: number): Promise<TemplateRules> {
    const key = versionKey(templateId, version);
    const known = this.versions.get(key);
    if (known !== undefined) return known;
    const rules = await this.versionBatches.load({ templateId, version });
    this.versions.set(key, rules);
    return rules;
  }

  /** The template as MySQL has it now; for decisions that must not be a second old. */
  async fresh(id: string): Promise<Template | undefined> {
    await this.forget(id);
    const [template] = await readTemplates(this.database, [id]);
    this.templates.set(id, template ?? 'none');
    await this.toRedis([template]);
    return template;
  }

  /**
   * Forgets a template that this process has changed. A load that is on its way still answers those who
   * wait for it, but is not remembered: it may have read what was before the change.
   */
  async forget(id: string): Promise<void> {
    const key = redisKeys.templateRow(id);
    await this.redis.ask(key, (client) => client.del(key)).catch(() => undefined);
    this.templates.delete(id);
    this.coming.delete(id);
  }

  private load(id: string): Promise<Found> {
    const coming = this.coming.get(id);
    if (coming !== undefined) return coming;
    const load = this.loadAndRemember(id, () => this.coming.get(id) === load);
    this.coming.set(id, load);
    return load;
  }

  private async loadAndRemember(id: string, isWanted: () => boolean): Promise<Found> {
    try {
      const found = await this.templateBatches.load(id);
      if (isWanted()) this.templates.set(id, found);
      return found;
    } finally {
      if (isWanted()) this.coming.delete(id);
    }
  }

  private async loadTemplates(ids: readonly string[]): Promise<Found[]> {
    const found = new Map<string, Found>(await this.fromRedis(ids));
    const missing = ids.filter((id) => !found.has(id));
    for (const template of await readTemplates(this.database, missing)) {
      found.set(template.id, template);
    }
    await this.toRedis(missing.map((id) => found.get(id)));
    return ids.map((id) => found.get(id) ?? 'none');
  }

  /** Each by itself: in a cluster one may be out of reach while the others are not. */
  private async fromRedis(ids: readonly string[]): Promise<[string, Template][]> {
    const found = await Promise.all(
      ids.map(async (id): Promise<[string, Template][]> => {
        try {
          const key = redisKeys.templateRow(id);
          const text = await this.redis.ask(key, (client) => client.get(key));
          return text === null ? [] : [[id, JSON.parse(text) as Template]];
        } catch {
          return [];
        }
      }),
    );
    return found.flat();
  }

  private async toRedis(templates: readonly (Found | undefined)[]): Promise<void> {
    const rows = templates.filter((found) => found !== undefined && found !== 'none');
    await Promise.all(
      rows.map((row) => {
        const key = redisKeys.templateRow(row.id);
        const text = JSON.stringify(row);
        return this.redis
          .ask(key, (client) => client.set(key, text, 'PX', TEMPLATE_REDIS_MS))
          .catch(() => undefined);
      }),
    );
  }

  private async loadVersions(keys: readonly VersionId[]): Promise<(TemplateRules | Error)[]> {
    const rules = await readVersions(this.database, keys);
    return keys.map(
      ({ templateId, version }) =>
        rules.get(versionKey(templateId, version)) ??
        new Error(`template ${templateId} has no version ${version}`),
    );
  }
}
