/**
 * Micro-batches without a timer: what is asked for while as many batches of its kind as may be are on their
 * way gathers for the next one. An idle process answers at once, a busy one in large steps.
 *
 * A batch begins when everything that arrived together was heard, so the first of many is not sent alone, to
 * come back when the others could have. Promise: everything asked for is settled exactly once, in its own
 * batch; of one kind no more than `atOnce` batches are on their way.
 */

export class Batches<Item, Reply> {
  private readonly queues = new Map<string, Queue<Item, Reply>>();
  private readonly running = new Set<Promise<void>>();

  /**
   * @param work answers a batch of one kind, one reply an item; what it throws is the answer to all of them
   * @param max items of a batch
   * @param atOnce batches of one kind on their way
   */
  constructor(
    private readonly work: (
      items: readonly Item[],
      kind: string,
    ) => Promise<readonly PromiseSettledResult<Reply>[]>,
    private readonly max: number,
    private readonly atOnce = 1,
  ) {}

  /** Items that are not in a batch yet. */
  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.queues.values()) count += waiting.length;
    return count;
  }

  /** @throws what `work` throws, or rejects this item with */
  add(item: Item, kind = ''): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      let queue = this.queues.get(kind);
      if (queue === undefined) {
        queue = { waiting: [waiting], runs: 0, isHearing: false };
        this.queues.set(kind, queue);
      } else {
        queue.waiting.push(waiting);
      }
      if (queue.runs < this.atOnce && !queue.isHearing) {
        queue.isHearing = true;
        this.begin(kind, queue, allHeard());
      }
    });
  }

  /** Resolves when everything that was asked for is settled. */
  async drain(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private begin(kind: string, queue: Queue<Item, Reply>, heard?: Promise<void>): void {
    queue.runs += 1;
    const run = this.run(kind, queue, heard).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Batch after batch, until nothing waits. */
  private async run(
    kind: string,
    queue: Queue<Item, Reply>,
    heard: Promise<void> | undefined,
  ): Promise<void> {
    if (heard !== undefined) {
      await heard;
      queue.isHearing = false;
    }
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, this.max);
      try {
        const items = batch.map(({ item }) => item);
        const answer = this.work(items, kind);
        if (queue.waiting.length > 0 && queue.runs < this.atOnce) this.begin(kind, queue);
        const replies = await answer;
        batch.forEach((waiting, i) => settle(waiting, replies[i]!));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queue.runs -= 1;
    if (queue.runs === 0) this.queues.delete(kind);
  }
}

/** Of one kind, while any of its batches is on its way. */
interface Queue<Item, Reply> {
  readonly waiting: Waiting<Item, Reply>[];
  /** Each has one batch on its way. */
  runs: number;
  /** A run waits until all that arrived together was heard; it takes what comes meanwhile. */
  isHearing: boolean;
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
