/** Micro-batches: who goes together, and that everybody has an answer of his own. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches } from '../../src/kernel/batches.js';

const done = <T>(value: T) => ({ status: 'fulfilled', value }) as const;

describe('what is asked for', () => {
  it('is answered each for itself, in batches within their bound, and no more of a kind at once than may be', async () => {
    const asked = fc.array(
      fc.record({
        kind: fc.constantFrom('a', 'b'),
        turnsBefore: fc.nat(2),
        turnsOfWork: fc.nat(2),
      }),
      { maxLength: 30 },
    );
    const bound = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(asked, bound, fc.option(bound), async (items, max, atOnce) => {
        const busy = { a: 0, b: 0 };
        let most = 0;
        const sizes: number[] = [];
        const batches = new Batches<{ readonly i: number; readonly turns: number }, string>(
          async (batch, kind) => {
            const key = kind as keyof typeof busy;
            busy[key] += 1;
            most = Math.max(most, busy[key]);
            sizes.push(batch.length);
            for (let turn = 0; turn < batch[0]!.turns; turn += 1) await nextTurn();
            busy[key] -= 1;
            return batch.map(({ i }) => done(`${kind} ${i}`));
          },
          max,
          atOnce ?? undefined,
        );
        const answers: Promise<string>[] = [];
        for (const [i, { kind, turnsBefore, turnsOfWork }] of items.entries()) {
          for (let turn = 0; turn < turnsBefore; turn += 1) await nextTurn();
          answers.push(batches.add({ i, turns: turnsOfWork }, kind));
        }
        await batches.drain();
        expect(await Promise.all(answers)).toEqual(items.map(({ kind }, i) => `${kind} ${i}`));
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(max);
        expect(most).toBeLessThanOrEqual(atOnce ?? 1);
        expect([busy, batches.waiting]).toEqual([{ a: 0, b: 0 }, 0]);
      }),
    );
  });

  it('together goes together, also where callers took steps of their own before', async () => {
    const sizes: number[] = [];
    const batches = new Batches<number, number>(async (batch) => {
      sizes.push(batch.length);
      return batch.map(done);
    }, 100);
    const ask = async (steps: number) => {
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      return batches.add(steps);
    };
    await Promise.all([0, 1, 5, 20].map(ask));
    expect(sizes).toEqual([4]);
  });

  it('meanwhile waits for the next batch', async () => {
    const sizes: number[] = [];
    const batches = new Batches<number, number>(async (batch) => {
      sizes.push(batch.length);
      await nextTurn();
      await nextTurn();
      return batch.map(done);
    }, 100);
    const first = batches.add(1);
    await nextTurn();
    const others = [batches.add(2), batches.add(3)];
    expect(batches.waiting).toBe(2);
    expect(await Promise.all([first, ...others])).toEqual([1, 2, 3]);
    expect(sizes).toEqual([1, 2]);
  });

  it('fails with its own batch alone, and by itself where only it was refused', async () => {
    const batches = new Batches<string, string>(async (batch) => {
      if (batch.includes('fault')) throw new Error('all of them');
      return batch.map((item) =>
        item === 'bad' ? { status: 'rejected', reason: new Error('this one') } : done(item),
      );
    }, 2);
    const settled = await Promise.allSettled(
      ['good', 'bad', 'fault', 'near', 'later'].map((item) => batches.add(item)),
    );
    const told = settled.map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
    );
    expect(told).toEqual(['good', 'this one', 'all of them', 'all of them', 'later']);
    expect(await batches.add('again')).toBe('again');
  });
});

/** Batches of one item, which end when they are told to. */
function openBatches(atOnce: number) {
  const started: string[] = [];
  const end = new Map<string, (error?: Error) => void>();
  const batches = new Batches<string, string>(
    async ([name]) => {
      started.push(name!);
      await new Promise<void>((settle, fail) => {
        end.set(name!, (error) => (error === undefined ? settle() : fail(error)));
      });
      return [done(name!)];
    },
    1,
    atOnce,
  );
  const ask = (name: string) => void batches.add(name).catch(() => undefined);
  return { ask, started, end, batches };
}

describe('batches of one kind', () => {
  it('begin at once while nobody is on the way', async () => {
    const { ask, started } = openBatches(2);
    ask('a');
    await nextTurn();
    expect(started).toEqual(['a']);
  });

  it('begin at once beside one that is on its way, where so many may be', async () => {
    const { ask, started } = openBatches(2);
    ask('a');
    await nextTurn();
    ask('b');
    await nextTurn();
    expect(started).toEqual(['a', 'b']);
  });

  it('are so many at once, and the next begins when one has ended, also by an error', async () => {
    const { ask, started, end } = openBatches(2);
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    await nextTurn();
    expect(started).toEqual(['a', 'b']);
    end.get('b')!(new Error('failed'));
    await nextTurn();
    expect(started).toEqual(['a', 'b', 'c']);
    end.get('a')!();
    await nextTurn();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are free again for those who come later', async () => {
    const { ask, started, end } = openBatches(1);
    ask('a');
    await nextTurn();
    end.get('a')!();
    await nextTurn();
    ask('b');
    await nextTurn();
    expect(started).toEqual(['a', 'b']);
  });

  it('are all waited for, also those that began beside others meanwhile', async () => {
    const { ask, end, batches } = openBatches(2);
    for (const name of ['a', 'b']) ask(name);
    let isDrained = false;
    const drained = batches.drain().then(() => (isDrained = true));
    await nextTurn();
    end.get('a')!();
    await nextTurn();
    expect(isDrained).toBe(false);
    end.get('b')!();
    await drained;
  });
});
