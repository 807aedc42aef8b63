/**
 * An operator stops a batch, for ever. Its codes answer CODE_INVALID within a second, and none is claimed after
 * the stop was answered: the commit of each counts on the batch's row, which says STOPPED. Coupons that were
 * claimed before stay.
 */
import { REASON_LENGTH_MAX } from '../config/limits.js';
import { recordChanges } from '../event/record-change.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { requireNoLonger } from '../kernel/require-length.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database, Sql } from '../storage/database.js';
import { toSqlMoment } from '../storage/moments.js';
import { BATCH_SQL, readBatch } from './batch.store.js';
import type { Batch } from './batch.types.js';

export interface StopRequest {
  readonly id: string;
  readonly reason: string;
}

export class StopBatch {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws InputError · NotAuthenticated · NotAllowed */
  async run(caller: Caller, { id, reason }: StopRequest): Promise<Result<Batch>> {
    const actor = requireScope(caller, 'coupons:admin');
    requireNoLonger(reason, 'input.reason', REASON_LENGTH_MAX);
    if (!isId(id)) return rejected(rejection('BATCH_NOT_FOUND'));
    return settled(() => this.database.transaction((sql) => this.stop(sql, id, actor, reason)));
  }

  private async stop(sql: Sql, id: string, actor: string, reason: string): Promise<Result<Batch>> {
    const atMs = this.clock.nowMs();
    const stopped = await sql.change(BATCH_SQL.stop, [toSqlMoment(atMs), id]);
    const batch = await readBatch(sql, 'byId', id);
    if (batch === undefined) return rejected(rejection('BATCH_NOT_FOUND'));
    if (stopped !== 1) return rejected(rejection('ILLEGAL_TRANSITION'));
    const { templateId, version: seq, issued } = batch;
    const change = { subject: 'BATCH', subjectId: id, seq, action: 'STOPPED' } as const;
    const details = { templateId, reason, issued };
    await recordChanges(sql, [{ ...change, from: 'DONE', to: 'STOPPED', actor, atMs, details }]);
    return ok(batch);
  }
}
