/**
 * Micro-batches without a timer: what is asked for while the last batch of its kind was on its way is the next
 * one. An idle process answers at once, a busy one in large steps. (kernel/turns.ts is the same for who makes
 * the batches himself.)
 *
 * A batch begins when everything that arrived together was heard, so the first of many is not sent alone, to
 * come back when the others could have. Promise: everything asked for is settled exactly once, in its own
 * batch; of one kind no two batches are on their way.
 */

export class Batches<Item, Reply> {
  private readonly queues = new Map<string, Waiting<Item, Reply>[]>();
  private readonly running = new Set<Promise<void>>();

  /**
   * @param work answers a batch of one kind, one reply an item; what it throws is the answer to all of them
   * @param max items of a batch
   */
  constructor(
    private readonly work: (
      items: readonly Item[],
      kind: string,
    ) => Promise<readonly PromiseSettledResult<Reply>[]>,
    private readonly max: number,
  ) {}

  /** Items that are not in a batch yet. */
  get waiting(): number {
    let count = 0;
    for (const queue of this.queues.values()) count += queue.length;
    return count;
  }

  /** @throws what `work` throws, or rejects this item with */
  add(item: Item, kind = ''): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = this.queues.get(kind);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      this.queues.set(kind, started);
      const run = this.run(kind, started).finally(() => this.running.delete(run));
      this.running.add(run);
    });
  }

  /** Resolves when everything that was asked for so far is settled. */
  async drain(): Promise<void> {
    await Promise.all(this.running);
  }

  private async run(kind: string, queue: Waiting<Item, Reply>[]): Promise<void> {
    await allHeard();
    while (queue.length > 0) {
      const batch = queue.splice(0, this.max);
      try {
        const items = batch.map(({ item }) => item);
        const replies = await this.work(items, kind);
        batch.forEach((waiting, i) => settle(waiting, replies[i]!));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.queues.delete(kind);
  }
}

interface Waiting<Item, Reply> {
  readonly item: Item;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

function settle<Item, Reply>(
  { resolve, reject }: Waiting<Item, Reply>,
  reply: PromiseSettledResult<Reply>,
): void {
  if (reply.status === 'fulfilled') resolve(reply.value);
  else reject(reply.reason);
}

/** All that arrived with the first was taken in hand. */
function allHeard(): Promise<void> {
  return new Promise((heard) => {
    setImmediate(heard);
  });
}
