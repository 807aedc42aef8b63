/**
 * An operator makes a batch of codes. Nothing is generated: the codes are a function of the batch's number and
 * its key, so ten million are there as soon as one row is.
 *
 * Promises: the totals of a template's batches never exceed its own (a conditional UPDATE in the transaction);
 * a vanity code belongs to one batch (a unique key); a key asked again has the same batch.
 */
import { randomInt } from 'node:crypto';
import { BATCH_NUMBER_TRIES_MAX } from '../config/limits.js';
import { recordChanges } from '../event/record-change.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { toBase32 } from '../kernel/crockford.js';
import { isId, newId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { duplicateKeyName } from '../storage/database-errors.js';
import type { Database } from '../storage/database.js';
import { closedBecause } from '../template/rules/claim-window.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { BATCH_SQL, insertBatch, readBatch } from './batch.store.js';
import type { Batch } from './batch.types.js';
import type { CodeKeys } from './code-keys.js';
import { BATCH_NO_LENGTH, BATCH_NUMBERS } from './rules/code-text.js';
import {
  readBatchRequest,
  type BatchInput,
  type BatchRequest,
} from './rules/read-batch-request.js';

/** The template has not so many coupons left without a code, or was closed meanwhile: all of it must go. */
class NotCounted extends Error {}

export class GenerateCodes {
  constructor(
    private readonly database: Database,
    private readonly catalog: TemplateCatalog,
    private readonly keys: CodeKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws InputError · NotAuthenticated · NotAllowed */
  async run(caller: Caller, request: BatchRequest): Promise<Result<Batch>> {
    const actor = requireScope(caller, 'coupons:admin');
    const input = readBatchRequest(request);
    return settled(async () => {
      const earlier = await this.earlier(actor, input);
      if (earlier !== undefined) return earlier;
      const template = isId(input.templateId)
        ? await this.catalog.fresh(input.templateId)
        : undefined;
      if (template === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
      const closed = closedBecause(template, this.clock.nowMs());
      if (closed !== undefined && closed.code !== 'CLAIM_NOT_OPEN') return rejected(closed);
      if (template.rules.claimMethod !== 'CODE') return rejected(rejection('NOT_TARGETED'));
      return this.make(actor, input);
    });
  }

  private async make(actor: string, input: BatchInput): Promise<Result<Batch>> {
    for (let tries = 1; ; tries += 1) {
      const nowMs = this.clock.nowMs();
      const batch: Batch = {
        ...input,
        id: newId(nowMs),
        // Drawn, so that it does not tell how many batches there are.
        batchNo: toBase32(randomInt(BATCH_NUMBERS), BATCH_NO_LENGTH),
        keyId: this.keys.currentId,
        issued: 0,
        status: 'DONE',
        version: 1,
        authorId: actor,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      try {
        await this.insert(batch);
        return ok(batch);
      } catch (error) {
        if (error instanceof NotCounted) return rejected(rejection('SOLD_OUT'));
        const key = duplicateKeyName(error);
        if (key === 'uk_batch_vanity') return rejected(rejection('VANITY_CODE_TAKEN'));
        const earlier = key === 'uk_batch_request' && (await this.earlier(actor, input));
        if (earlier) return earlier;
        if (key !== 'uk_batch_no' || tries >= BATCH_NUMBER_TRIES_MAX) throw error;
      }
    }
  }

  private async insert(batch: Batch): Promise<void> {
    const { id, templateId, total, batchNo, authorId, createdAtMs } = batch;
    await this.database.transaction(async (sql) => {
      await insertBatch(sql, batch);
      const counted = await sql.change(BATCH_SQL.countCodes, [total, templateId, total]);
      if (counted !== 1) throw new NotCounted();
      const change = { subject: 'BATCH', subjectId: id, seq: 1, action: 'GENERATED' } as const;
      const details = { templateId, batchNo, total };
      const to = 'DONE';
      await recordChanges(sql, [
        { ...change, from: null, to, actor: authorId, atMs: createdAtMs, details },
      ]);
    });
  }

  /** The batch that this key made before. */
  private async earlier(actor: string, input: BatchInput): Promise<Result<Batch> | undefined> {
    const batch = await readBatch(this.database, 'byRequest', actor, input.requestKey);
    if (batch === undefined) return undefined;
    if (batch.fingerprint === input.fingerprint) return ok(batch);
    return rejected(rejection('IDEMPOTENCY_CONFLICT'));
  }
}
