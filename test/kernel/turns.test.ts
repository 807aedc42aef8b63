/** Natural batching: what may run at once, and that nobody is forgotten. */
import { setImmediate as soon } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/kernel/turns.js';

/** Works that end when they are told to. */
function openTurns(max: number) {
  const turns = new Turns(max);
  const started: string[] = [];
  const end = new Map<string, (error?: Error) => void>();
  const ask = (name: string) =>
    turns.next(() => {
      started.push(name);
      const work = new Promise<void>((settle, fail) => {
        end.set(name, (error) => (error === undefined ? settle() : fail(error)));
      });
      void turns.during(work).catch(() => undefined);
    });
  return { ask, started, end };
}

describe('turns', () => {
  it('begin at once while nobody is on the way', async () => {
    const { ask, started } = openTurns(2);
    ask('a');
    await soon();
    expect(started).toEqual(['a']);
  });

  it('are so many at once, and the next begins when one has ended, also by an error', async () => {
    const { ask, started, end } = openTurns(2);
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    await soon();
    expect(started).toEqual(['a', 'b']);
    end.get('b')!(new Error('failed'));
    await soon();
    expect(started).toEqual(['a', 'b', 'c']);
    end.get('a')!();
    await soon();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are free again for those who come later', async () => {
    const { ask, started, end } = openTurns(1);
    ask('a');
    await soon();
    end.get('a')!();
    await soon();
    ask('b');
    await soon();
    expect(started).toEqual(['a', 'b']);
  });
});
