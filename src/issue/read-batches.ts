/** Operators read batches and their codes. Codes are computed for each page; of those claimed, MySQL says by whom. */
import { requireScope, type Caller } from '../kernel/caller.js';
import { isId } from '../kernel/ids.js';
import type { Database } from '../storage/database.js';
import { readBatch, readCodeClaims, readUsed } from './batch.store.js';
import type { Batch, IssuedCode } from './batch.types.js';
import type { CodeKeys } from './code-keys.js';
import { writeCodes } from './rules/code-text.js';

export class ReadBatches {
  constructor(
    private readonly database: Pick<Database, 'rows'>,
    private readonly keys: CodeKeys,
  ) {}

  /** null: there is none. @throws NotAuthenticated · NotAllowed */
  async byId(caller: Caller, id: string): Promise<Batch | null> {
    requireScope(caller, 'coupons:admin');
    return (isId(id) && (await readBatch(this.database, 'byId', id))) || null;
  }

  /** How many of its coupons are used now. */
  used({ id }: Batch): Promise<number> {
    return readUsed(this.database, id);
  }

  /** Codes number `from` and up, at most `count`. Of a vanity code nobody is said to have claimed it. */
  async codes(batch: Batch, from: number, count: number): Promise<IssuedCode[]> {
    const { id, vanityCode, prefix, batchNo } = batch;
    const until = Math.min(from + count, vanityCode === null ? batch.total : 1);
    if (from >= until) return [];
    if (vanityCode !== null) return [{ code: vanityCode, claimedBy: null, claimedAtMs: null }];
    const series = { cipher: this.keys.cipherOf(batch.keyId), prefix, batchNo };
    const claims = await readCodeClaims(this.database, id, from, until);
    return writeCodes(series, from, until - from).map((code, k) => {
      const { userId = null, claimedAtMs = null } = claims.get(from + k) ?? {};
      return { code, claimedBy: userId, claimedAtMs };
    });
  }
}
