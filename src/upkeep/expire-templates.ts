/** Writes down which templates are over. They have been for everybody since claimUntil; this tidies. */
import { JOB_PAGE } from '../config/limits.js';
import { recordChanges } from '../event/record-change.js';
import type { Clock } from '../kernel/clock.js';
import { next } from '../kernel/lifecycle.js';
import { toSqlMoment } from '../storage/moments.js';
import { TEMPLATE_LIFECYCLE } from '../template/rules/template-lifecycle.js';
import { readTemplates, updateStatus } from '../template/template.store.js';
import type { JobDatabase } from './frame/job.js';

const DUE = `SELECT id FROM template WHERE status = 'ACTIVE' AND claim_until <= ? LIMIT ${JOB_PAGE}`;

/** @returns how many were expired in this run, a page at most */
export async function expireTemplates(database: JobDatabase, clock: Clock): Promise<number> {
  const nowMs = clock.nowMs();
  const due = await database.rows(DUE, [toSqlMoment(nowMs)]);
  const templates = await readTemplates(
    database,
    due.map((row) => String(row['id'])),
  );
  let expired = 0;
  for (const template of templates) {
    const status = next(TEMPLATE_LIFECYCLE, template.status, 'EXPIRE');
    if (!status.ok) continue;
    const done = await database.transaction(async (sql) => {
      if (!(await updateStatus(sql, template, status.value, nowMs))) return false;
      await recordChanges(sql, [
        {
          subject: 'TEMPLATE',
          subjectId: template.id,
          seq: template.revision + 1,
          action: 'EXPIRED',
          from: template.status,
          to: status.value,
          actor: 'job:expire-templates',
          atMs: nowMs,
        },
      ]);
      return true;
    });
    if (done) expired += 1;
  }
  return expired;
}
