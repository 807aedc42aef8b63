/**
 * The SQL of grants. A grant's row is stepped by compare-and-set on its version; each step has its audit
 * entry and event in the same transaction. `granted` is raised by the commit of the coupons (claim/ways.ts).
 */
import { recordChanges } from '../event/record-change.js';
import { next } from '../kernel/lifecycle.js';
import { ok, type Result } from '../kernel/result.js';
import type { Row, Sql } from '../storage/database.js';
import { fromSqlMoment, toSqlMoment } from '../storage/moments.js';
import type { Grant, GrantStatus } from './grant.types.js';
import { GRANT_LIFECYCLE, type GrantEvent } from './rules/grant-lifecycle.js';

const COLUMNS = `id, template_id, actor, fingerprint, reason, status, version, requested, duplicates,
  granted, refused, created_at, updated_at`;

export const GRANT_SQL = {
  insert: `INSERT INTO grant_job (id, template_id, actor, grant_key, fingerprint, reason, status, version,
      requested, duplicates, has_work, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, 'QUEUED', 1, ?, ?, 1, ?, ?) ON DUPLICATE KEY UPDATE id = grant_job.id`,
  byKey: `SELECT ${COLUMNS} FROM grant_job WHERE actor = ? AND grant_key = ?`,
  byId: `SELECT ${COLUMNS} FROM grant_job WHERE id = ?`,
  lock: `SELECT ${COLUMNS} FROM grant_job WHERE id = ? FOR UPDATE`,
  withWork: `SELECT ${COLUMNS} FROM grant_job WHERE has_work = 1 ORDER BY id LIMIT ?`,
  step: `UPDATE grant_job SET status = ?, version = version + 1, has_work = ?, updated_at = ?
    WHERE id = ? AND version = ?`,
  progress: 'UPDATE grant_job SET refused = refused + ?, updated_at = ? WHERE id = ?',
  settled: `UPDATE grant_job SET has_work = 0 WHERE id = ? AND status IN ('STOPPED', 'FAILED')`,
};

type Source = Pick<Sql, 'rows'>;

export async function readGrant(source: Source, id: string): Promise<Grant | undefined> {
  return (await source.rows(GRANT_SQL.byId, [id])).map(toGrant)[0];
}

export async function readGrantByKey(
  source: Source,
  actor: string,
  grantKey: string,
): Promise<Grant | undefined> {
  return (await source.rows(GRANT_SQL.byKey, [actor, grantKey])).map(toGrant)[0];
}

/** The grants that wait for the job or are in its hand, oldest first. */
export async function readGrantsWithWork(source: Source, limit: number): Promise<Grant[]> {
  return (await source.rows(GRANT_SQL.withWork, [limit])).map(toGrant);
}

/** The row as it is until the transaction ends. */
export async function lockGrant(sql: Sql, id: string): Promise<Grant | undefined> {
  return (await sql.rows(GRANT_SQL.lock, [id])).map(toGrant)[0];
}

/** @returns false: this operator has used the key before */
export async function insertGrant(sql: Sql, grant: Grant, grantKey: string): Promise<boolean> {
  const { id, templateId, actor, fingerprint, reason, requested, duplicates } = grant;
  const now = toSqlMoment(grant.createdAtMs);
  const values = [id, templateId, actor, grantKey, fingerprint, reason, requested, duplicates];
  if ((await sql.change(GRANT_SQL.insert, [...values, now, now])) !== 1) return false;
  await record(sql, grant, { action: 'QUEUED', from: null, actor, atMs: grant.createdAtMs });
  return true;
}

/** Moves a locked grant. @returns the grant after the step, or ILLEGAL_TRANSITION */
export async function stepGrant(
  sql: Sql,
  grant: Grant,
  event: GrantEvent,
  note: { readonly actor: string; readonly atMs: number; readonly reason?: string },
): Promise<Result<Grant>> {
  const status = next(GRANT_LIFECYCLE, grant.status, event);
  if (!status.ok) return status;
  const hasWork = status.value === 'DONE' ? 0 : 1;
  const values = [status.value, hasWork, toSqlMoment(note.atMs), grant.id, grant.version];
  if ((await sql.change(GRANT_SQL.step, values)) !== 1)
    throw new Error(`grant ${grant.id} was not locked`);
  const after = { ...grant, status: status.value, version: grant.version + 1 };
  await record(sql, after, { action: ACTIONS[event], from: grant.status, ...note });
  return ok({ ...after, updatedAtMs: note.atMs });
}

const ACTIONS: Readonly<Record<GrantEvent, string>> = {
  START: 'STARTED',
  FINISH: 'DONE',
  STOP: 'STOPPED',
  FAIL: 'FAILED',
};

async function record(
  sql: Sql,
  { id, version, status, templateId, requested, granted, refused }: Grant,
  note: { action: string; from: string | null; actor: string; atMs: number; reason?: string },
): Promise<void> {
  const { action, from, actor, atMs, reason } = note;
  const details = { templateId, requested, granted, refused, ...(reason ? { reason } : {}) };
  const change = { action, from, to: status, actor, atMs, details };
  await recordChanges(sql, [{ subject: 'GRANT', subjectId: id, seq: version, ...change }]);
}

function toGrant(row: Row): Grant {
  return {
    id: String(row['id']),
    templateId: String(row['template_id']),
    actor: String(row['actor']),
    fingerprint: String(row['fingerprint']),
    reason: String(row['reason']),
    status: row['status'] as GrantStatus,
    version: Number(row['version']),
    requested: Number(row['requested']),
    duplicates: Number(row['duplicates']),
    granted: Number(row['granted']),
    refused: Number(row['refused']),
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
  };
}
