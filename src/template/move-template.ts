/**
 * Moves a template along its life: submit, approve, reject, activate, stop.
 *
 * Four eyes: nobody approves a template that they wrote or edited, in whatever version. Approving names the version that was read, so
 * that nobody approves what they have not seen. After activating, Redis is warm before the first claim.
 */
import { REASON_LENGTH_MAX } from '../config/limits.js';
import { requireAnyScope, type Caller, type Scope } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import { rejection } from '../kernel/rejection.js';
import { requireNoLonger } from '../kernel/require-length.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { recordChanges } from '../event/record-change.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { seedHashOf } from './rules/seed-hash.js';
import { moveTemplate, type TemplateEvent } from './rules/template-lifecycle.js';
import { hasWritten, readTemplates, updateStatus } from './template.store.js';
import type { TemplateCatalog } from './template-catalog.js';
import type { Template } from './template.types.js';

export type TemplateAction = Exclude<TemplateEvent, 'EDIT' | 'EXPIRE'>;

export interface TemplateActionRequest {
  readonly id: string;
  readonly expectedVersion: number | null;
  readonly reason: string | null;
}

const DONE: { readonly [A in TemplateAction]: string } = {
  SUBMIT: 'SUBMITTED',
  APPROVE: 'APPROVED',
  REJECT: 'REJECTED',
  ACTIVATE: 'ACTIVATED',
  STOP: 'STOPPED',
};

const IS_REVIEW: ReadonlySet<TemplateAction> = new Set(['SUBMIT', 'APPROVE', 'REJECT']);

const SCOPES: { readonly [A in TemplateAction]: readonly Scope[] } = {
  SUBMIT: ['coupons:admin'],
  APPROVE: ['coupons:approve'],
  REJECT: ['coupons:admin', 'coupons:approve'],
  ACTIVATE: ['coupons:admin'],
  STOP: ['coupons:admin'],
};

export interface MoveTemplateParts {
  readonly database: Database;
  readonly catalog: TemplateCatalog;
  readonly clock: Clock;
  /** Called after a template became ACTIVE. */
  readonly warm: (template: Template) => Promise<void>;
  /** What is known of the version from a simulation; undefined: it was not simulated. */
  readonly factsForReview: (
    template: Template,
  ) => Promise<Readonly<Record<string, unknown>> | undefined>;
}

export class MoveTemplate {
  constructor(private readonly parts: MoveTemplateParts) {}

  /** @throws NotAuthenticated · NotAllowed · InputError */
  async run(
    caller: Caller,
    action: TemplateAction,
    request: TemplateActionRequest,
  ): Promise<Result<Template>> {
    const actor = requireAnyScope(caller, SCOPES[action]);
    requireInput(
      action !== 'APPROVE' || request.expectedVersion !== null,
      'input.expectedVersion',
      'is required to approve',
    );
    requireNoLonger(request.reason ?? '', 'input.reason', REASON_LENGTH_MAX);
    if (!isId(request.id)) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    return settled(() => this.move(actor, action, request));
  }

  private async move(
    actor: string,
    action: TemplateAction,
    request: TemplateActionRequest,
  ): Promise<Result<Template>> {
    const { database, catalog, clock, warm } = this.parts;
    const [before] = await readTemplates(database, [request.id]);
    if (before === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    const refusal = this.refusalOf(before, request);
    if (refusal !== undefined) return rejected(refusal);
    if (action === 'APPROVE' && (await hasWritten(database, before.id, actor)))
      return rejected(
        rejection('ILLEGAL_TRANSITION', { detail: { fact: 'NEEDS_ANOTHER_PERSON' } }),
      );
    const nowMs = clock.nowMs();
    const status = moveTemplate(before, action, nowMs);
    if (!status.ok) return status;
    const after = {
      ...before,
      status: status.value,
      revision: before.revision + 1,
      updatedAtMs: nowMs,
    };
    const details = await this.detailsOf(before, action, request);
    const done = await database.transaction(async (sql) => {
      if (!(await updateStatus(sql, before, status.value, nowMs))) return false;
      await recordChanges(sql, [
        {
          subject: 'TEMPLATE',
          subjectId: before.id,
          seq: after.revision,
          action: DONE[action],
          from: before.status,
          to: after.status,
          actor,
          atMs: nowMs,
          details,
        },
      ]);
      return true;
    });
    await catalog.forget(request.id);
    if (!done) return rejected(rejection('VERSION_CONFLICT'));
    if (action === 'ACTIVATE') await warm(after);
    return ok(after);
  }

  /** A review is written down with what was known when it was asked for, and when it was decided. */
  private async detailsOf(
    before: Template,
    action: TemplateAction,
    { reason }: TemplateActionRequest,
  ): Promise<Readonly<Record<string, unknown>>> {
    const facts = IS_REVIEW.has(action) ? await this.parts.factsForReview(before) : undefined;
    return {
      version: before.version,
      reason,
      ...(facts === undefined ? {} : { simulation: facts }),
      ...(action === 'ACTIVATE' ? commitmentOf(before) : {}),
    };
  }

  private refusalOf(before: Template, request: TemplateActionRequest) {
    if (request.expectedVersion !== null && request.expectedVersion !== before.version)
      return rejection('VERSION_CONFLICT', {
        detail: { fact: 'VERSION_IS_NOW', version: before.version },
      });
    return undefined;
  }
}

/** Written down before the first draw, so that nobody can say afterwards that it was another seed. */
function commitmentOf({ rules, seed }: Template): { readonly seedHash?: string } {
  return rules.redPacket === null ? {} : { seedHash: seedHashOf(seed) };
}
