/**
 * An operator starts a grant: the list comes in, page by page, and becomes a grant with its last user.
 *
 * Promises: a list with a mistake, or one that breaks off, leaves nothing behind; the same key with the
 * same list is the same grant, with another one an IDEMPOTENCY_CONFLICT; memory holds a page of the list,
 * however long it is, and the sender waits while a page is being written.
 */
import { createHash } from 'node:crypto';
import { GRANT_INSERT_PAGE, GRANT_USERS_MAX } from '../config/limits.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { digest } from '../kernel/digest.js';
import { readExternalId } from '../kernel/external-id.js';
import { isId, newId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import { rejection, type Rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import { DatabaseUnavailable } from '../storage/database-errors.js';
import type { Database } from '../storage/database.js';
import { closedBecause } from '../template/rules/claim-window.js';
import type { TemplateCatalog } from '../template/template-catalog.js';
import { insertGrant, readGrantByKey } from './grant.store.js';
import type { Grant, Member } from './grant.types.js';
import {
  beginUpload,
  countMembers,
  endUpload,
  insertMembers,
  removeUpload,
} from './member.store.js';
import { readGrantRequest, type GrantRequest } from './rules/read-grant-request.js';

/** One user of a list as it was sent. */
export interface ListedUser {
  readonly userId: string;
  /** Where the sender finds it: `line 17`, `input.userIds[16]`. */
  readonly place: string;
}

export interface GrantStarted {
  readonly grant: Grant;
  /** The key was used before, for this very list. */
  readonly replayed: boolean;
}

interface Received {
  readonly count: number;
  readonly fingerprint: string;
}

export class StartGrant {
  constructor(
    private readonly parts: {
      readonly database: Database;
      readonly catalog: TemplateCatalog;
      readonly clock: Clock;
    },
  ) {}

  /** @throws NotAuthenticated · NotAllowed · InputError naming the field or the line */
  async run(
    caller: Caller,
    request: GrantRequest,
    users: AsyncIterable<ListedUser> | Iterable<ListedUser>,
  ): Promise<Result<GrantStarted>> {
    const actor = requireScope(caller, 'coupons:admin');
    readGrantRequest(request);
    const grantKey = digest(request.idempotencyKey);
    return settled(async () => {
      const known = await readGrantByKey(this.parts.database, actor, grantKey);
      if (known !== undefined) return sameList(known, await readList(request, users));
      const closed = await this.closedBecause(request.templateId);
      if (closed !== undefined) return rejected(closed);
      return this.receive(actor, grantKey, request, users);
    });
  }

  private async closedBecause(templateId: string): Promise<Rejection | undefined> {
    const template = isId(templateId) ? await this.parts.catalog.byId(templateId) : undefined;
    if (template === undefined) return rejection('TEMPLATE_NOT_FOUND');
    return closedBecause(template, this.parts.clock.nowMs());
  }

  private async receive(
    actor: string,
    grantKey: string,
    request: GrantRequest,
    users: AsyncIterable<ListedUser> | Iterable<ListedUser>,
  ): Promise<Result<GrantStarted>> {
    const { database, clock } = this.parts;
    const id = newId(clock.nowMs());
    let isOurs = false;
    try {
      await database.transaction((sql) => beginUpload(sql, id, clock.nowMs()));
      const list = await readList(request, users, (members) =>
        database.transaction((sql) => insertMembers(sql, id, members)),
      );
      const requested = await countMembers(database, id);
      const { templateId, reason } = request;
      const nowMs = clock.nowMs();
      const grant: Grant = {
        id,
        templateId,
        actor,
        fingerprint: list.fingerprint,
        reason,
        status: 'QUEUED',
        version: 1,
        requested,
        duplicates: list.count - requested,
        granted: 0,
        refused: 0,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      isOurs = await database.transaction(async (sql) => {
        if (!(await insertGrant(sql, grant, grantKey))) return false;
        if (!(await endUpload(sql, id))) throw new DatabaseUnavailable('the list was thrown away');
        return true;
      });
      if (isOurs) return ok({ grant, replayed: false });
      const first = await readGrantByKey(database, actor, grantKey);
      return sameList(first!, list);
    } finally {
      if (!isOurs) await this.throwAway(id);
    }
  }

  /** What cannot be thrown away now is left to the job. */
  private async throwAway(id: string): Promise<void> {
    try {
      await removeUpload(this.parts.database, id);
    } catch {
      return;
    }
  }
}

/** @throws InputError naming the place of the first mistake */
async function readList(
  { templateId, reason }: GrantRequest,
  users: AsyncIterable<ListedUser> | Iterable<ListedUser>,
  onPage: (members: readonly Member[]) => Promise<void> = async () => undefined,
): Promise<Received> {
  const hash = createHash('sha256');
  let page: Member[] = [];
  let count = 0;
  for await (const { userId, place } of users) {
    count += 1;
    requireInput(count <= GRANT_USERS_MAX, place, `a list has at most ${GRANT_USERS_MAX} users`);
    hash.update(`${readExternalId(userId, place)}\n`);
    page.push({ position: count, userId });
    if (page.length < GRANT_INSERT_PAGE) continue;
    await onPage(page);
    page = [];
  }
  requireInput(count > 0, 'userIds', 'must name at least one user');
  if (page.length > 0) await onPage(page);
  const fingerprint = digest('grantCoupons', templateId, reason, hash.digest('base64url'));
  return { count, fingerprint };
}

function sameList(grant: Grant, { fingerprint }: Received): Result<GrantStarted> {
  if (grant.fingerprint !== fingerprint) return rejected(rejection('IDEMPOTENCY_CONFLICT'));
  return ok({ grant, replayed: true });
}
