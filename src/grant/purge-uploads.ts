/** Throws away lists that broke off with the process that took them in. */
import { GRANT_UPLOAD_KEPT_MS, JOB_PAGE } from '../config/limits.js';
import type { Clock } from '../kernel/clock.js';
import { readStaleUploads, removeUpload } from './member.store.js';
import type { GrantRun } from './work-grant.js';

/** @returns how many lists, a page at most */
export async function purgeUploads({ database }: GrantRun, clock: Clock): Promise<number> {
  const ids = await readStaleUploads(database, clock.nowMs() - GRANT_UPLOAD_KEPT_MS, JOB_PAGE);
  for (const id of ids) await removeUpload(database, id);
  return ids.length;
}
