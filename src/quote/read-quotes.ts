/** Quotes by id, for their owner; however many a request asks for, Redis is asked once for each and MySQL at most once. */
import DataLoader from 'dataloader';
import { maySee, type Caller } from '../kernel/caller.js';
import type { QuoteStore } from './quote-store.js';
import type { StoredQuote } from './quote.types.js';

export class ReadQuotes {
  private readonly batches: DataLoader<string, StoredQuote | undefined>;

  constructor(store: QuoteStore) {
    this.batches = new DataLoader(
      async (ids) => {
        const found = await store.find(ids);
        return ids.map((id) => found.get(id));
      },
      { cache: false },
    );
  }

  async byId(caller: Caller, id: string): Promise<StoredQuote | null> {
    if (!/^[\w-]{22}$/.test(id)) return null;
    const quote = await this.batches.load(id);
    return quote !== undefined && maySee(caller, quote.userId) ? quote : null;
  }
}
