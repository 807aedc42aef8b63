/**
 * From what somebody typed to the batch and number it stands for.
 *
 * A typing error or a guess fails the keyed check and costs no lookup. A code that passes was printed by us:
 * its batch is one row, kept in memory for half a second, so valid or not is told in O(1). Whether it was
 * claimed before is not asked here.
 */
import { LRUCache } from 'lru-cache';
import { BATCH_MEMORY_MS, BATCHES_IN_MEMORY_MAX } from '../config/limits.js';
import { fromBase32 } from '../kernel/crockford.js';
import type { Database } from '../storage/database.js';
import { readBatch } from './batch.store.js';
import type { Batch, FoundCode } from './batch.types.js';
import type { CodeKeys } from './code-keys.js';
import { readTypedCode, type TypedCode, type WrittenCode } from './rules/code-text.js';

/** LRUCache cannot hold undefined, and a batch that is not there must be remembered too. */
type Known = Batch | 'none';

export class FindCode {
  private readonly batches: LRUCache<string, Known>;

  constructor(
    database: Pick<Database, 'rows'>,
    private readonly keys: CodeKeys,
  ) {
    const load = async (key: string): Promise<Known> => {
      const [by, name] = key.split(' ') as ['byNo' | 'byVanity', string];
      return (await readBatch(database, by, name)) ?? 'none';
    };
    this.batches = new LRUCache<string, Known>({
      max: BATCHES_IN_MEMORY_MAX,
      ttl: BATCH_MEMORY_MS,
      fetchMethod: load,
    });
  }

  /** Whether it bears a check that one of our keys made. Asks nobody. */
  isPrinted(typed: string): boolean {
    const read = readTypedCode(typed);
    return read.kind === 'CODE' && this.keys.checkedWith(read.code) !== undefined;
  }

  /** What it stands for; undefined: no code of ours. @throws DatabaseUnavailable */
  async run(typed: string): Promise<FoundCode | undefined> {
    const read: TypedCode = readTypedCode(typed);
    if (read.kind === 'NONE') return undefined;
    if (read.kind === 'CODE') return this.findWritten(read.code);
    const batch = await this.batch(`byVanity ${read.word}`);
    return batch && { batch, serial: null };
  }

  private async findWritten(code: WrittenCode): Promise<FoundCode | undefined> {
    const keyId = this.keys.checkedWith(code);
    if (keyId === undefined) return undefined;
    const batch = await this.batch(`byNo ${code.batchNo}`);
    if (batch?.keyId !== keyId || batch.vanityCode !== null) return undefined;
    const serial = this.keys.cipherOf(keyId).restore(fromBase32(code.batchNo), code.permuted);
    return serial < batch.total ? { batch, serial } : undefined;
  }

  private async batch(key: string): Promise<Batch | undefined> {
    const known = await this.batches.fetch(key);
    return known === 'none' ? undefined : known;
  }
}
