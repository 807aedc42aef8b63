/** Reading grants, for operators. */
import { GRANT_REFUSALS_PAGE_MAX } from '../config/limits.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import { isId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import type { Database } from '../storage/database.js';
import { readGrant } from './grant.store.js';
import type { Grant, GrantRefusal } from './grant.types.js';
import { readRefusals } from './member.store.js';

export class ReadGrants {
  constructor(private readonly database: Pick<Database, 'rows'>) {}

  /** @throws NotAuthenticated · NotAllowed */
  async byId(caller: Caller, id: string): Promise<Grant | null> {
    requireScope(caller, 'coupons:admin');
    return (isId(id) ? await readGrant(this.database, id) : undefined) ?? null;
  }

  /** In the order of the list. @throws InputError */
  async refusals(
    { id }: Pick<Grant, 'id'>,
    first: number,
    afterUserId: string | null,
  ): Promise<GrantRefusal[]> {
    const isPage = first >= 0 && first <= GRANT_REFUSALS_PAGE_MAX;
    requireInput(isPage, 'first', `must be 0 to ${GRANT_REFUSALS_PAGE_MAX}`);
    return readRefusals(this.database, id, afterUserId, first);
  }
}
