/**
 * Operators write templates: create, edit. An edit of what was under review returns it to DRAFT; an edit
 * of an ACTIVE one is a new version that coupons issued before do not see.
 */
import { randomBytes } from 'node:crypto';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId, newId } from '../kernel/ids.js';
import { rejection, type Detail } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { recordChanges } from '../event/record-change.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { editActive } from './rules/edit-active.js';
import { readRules } from './rules/read-rules.js';
import type { RulesInput } from './rules/rules-input.js';
import { moveTemplate } from './rules/template-lifecycle.js';
import { insertTemplate, readTemplates, updateRules } from './template.store.js';
import type { TemplateCatalog } from './template-catalog.js';
import type { Template, TemplateRules } from './template.types.js';

export class SaveTemplate {
  constructor(
    private readonly database: Database,
    private readonly catalog: TemplateCatalog,
    private readonly clock: Clock,
  ) {}

  /** A new DRAFT. @throws InputError */
  async create(caller: Caller, input: RulesInput): Promise<Result<Template>> {
    const authorId = requireScope(caller, 'coupons:admin');
    const rules = readRules(input);
    const nowMs = this.clock.nowMs();
    const template: Template = {
      id: newId(nowMs),
      status: 'DRAFT',
      version: 1,
      revision: 1,
      rules,
      authorId,
      issued: 0,
      epoch: 1,
      committedSeq: 0,
      seed: randomBytes(16).toString('hex'),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    return settled(async () => {
      await this.database.transaction(async (sql) => {
        await insertTemplate(sql, template);
        await recordChanges(sql, [changeOf(template, 'CREATED', null, authorId)]);
      });
      return ok(template);
    });
  }

  /** The next version. VERSION_CONFLICT if `expectedVersion` is not the present one. @throws InputError */
  async update(
    caller: Caller,
    id: string,
    expectedVersion: number,
    input: RulesInput,
  ): Promise<Result<Template>> {
    const authorId = requireScope(caller, 'coupons:admin');
    const rules = readRules(input, 'input.template');
    if (!isId(id)) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    return settled(() => this.replace(authorId, id, expectedVersion, rules));
  }

  private async replace(
    authorId: string,
    id: string,
    expectedVersion: number,
    rules: TemplateRules,
  ): Promise<Result<Template>> {
    const [before] = await readTemplates(this.database, [id]);
    if (before === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    if (before.version !== expectedVersion) {
      const detail: Detail = { fact: 'VERSION_IS_NOW', version: before.version };
      return rejected(rejection('VERSION_CONFLICT', { detail }));
    }
    const nowMs = this.clock.nowMs();
    const status = moveTemplate(before, 'EDIT', nowMs);
    if (!status.ok) return status;
    const allowed = status.value === 'ACTIVE' ? editActive(before.rules, rules) : ok(rules);
    if (!allowed.ok) return allowed;
    const after: Template = {
      ...before,
      status: status.value,
      version: before.version + 1,
      revision: before.revision + 1,
      rules: allowed.value,
      authorId,
      updatedAtMs: nowMs,
    };
    const done = await this.database.transaction(async (sql) => {
      if (!(await updateRules(sql, before, after))) return false;
      await recordChanges(sql, [changeOf(after, 'EDITED', before, authorId)]);
      return true;
    });
    await this.catalog.forget(id);
    return done ? ok(after) : rejected(rejection('VERSION_CONFLICT'));
  }
}

/** A change of the total is told with both numbers: it is money that somebody let go. */
function changeOf(template: Template, action: string, before: Template | null, actor: string) {
  const [from, to] = [before?.rules.totalCount, template.rules.totalCount];
  return {
    subject: 'TEMPLATE' as const,
    subjectId: template.id,
    seq: template.revision,
    action,
    from: before?.status ?? null,
    to: template.status,
    actor,
    atMs: template.updatedAtMs,
    details: {
      version: template.version,
      ...(before !== null && from !== to ? { totalCount: { from, to } } : {}),
    },
  };
}
