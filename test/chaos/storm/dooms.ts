/** When the processes of the storm die: at every named step several times, and at any moment. */
import { STEPS as ALL, type Step } from '../../../src/storage/steps.js';
import type { Random } from '../client/random.js';

export type Doom =
  | { readonly kind: 'step'; readonly step: Step; readonly nth: number; readonly tries: number }
  /** After its start: also before it is ready. */
  | { readonly kind: 'moment'; readonly afterMs: number };

/**
 * Those of claims and orders. A relay or a grant runs in the one worker that has its lease, which is seldom
 * the one that is to die: scenarios/told-and-given.ts kills the only one at each of their steps.
 */
const STEPS = ALL.filter((step) => !/^(relay|grant):/.test(step));

/** Of all kills, those at a named step. */
const AT_STEPS = 0.8;
const MOMENT_MAX_MS = 4_000;
/** A step that does not come is tried by another life, this often. */
const TRIES_MAX = 3;
/** Steps that every claim takes; the others come once if they come at all. */
const FREQUENT: readonly Step[] = [
  'claim:drafted',
  'claim:reserved',
  'commit:sent',
  'commit:opened',
  'commit:inserted',
  'commit:guarded',
  'commit:committed',
  'claim:answering',
];

export class Dooms {
  private readonly queue: Doom[];
  readonly killedAt = new Map<string, number>();
  readonly missedAt = new Map<string, number>();
  kills = 0;

  constructor(
    private readonly wanted: number,
    random: Random,
  ) {
    const perStep = Math.floor((wanted * AT_STEPS) / STEPS.length);
    const atSteps = STEPS.flatMap((step) =>
      Array.from({ length: perStep }, (): Doom => {
        const nth = FREQUENT.includes(step) ? 1 + random.below(4) : 1;
        return { kind: 'step', step, nth, tries: 1 };
      }),
    );
    const moments = Array.from({ length: wanted - atSteps.length }, (): Doom => ({
      kind: 'moment',
      afterMs: random.below(MOMENT_MAX_MS),
    }));
    this.queue = random.shuffle([...atSteps, ...moments]);
  }

  get isOver(): boolean {
    return this.kills >= this.wanted;
  }

  /** undefined: nobody need die any more */
  next(): Doom | undefined {
    return this.queue.shift();
  }

  met(doom: Doom): void {
    this.count(doom.kind === 'step' ? doom.step : 'any moment');
  }

  /** Its step did not come in time, and it was killed anyway. */
  missed(doom: Doom): void {
    this.count('any moment');
    if (doom.kind !== 'step') return;
    this.missedAt.set(doom.step, 1 + (this.missedAt.get(doom.step) ?? 0));
    if (doom.tries < TRIES_MAX && !this.isOver) {
      this.queue.push({ ...doom, tries: doom.tries + 1 });
    }
  }

  /** Steps at which nobody died: the storm proved nothing about them. */
  unmet(): string[] {
    return this.wanted < STEPS.length * 2 ? [] : STEPS.filter((step) => !this.killedAt.has(step));
  }

  private count(where: string): void {
    this.kills += 1;
    this.killedAt.set(where, 1 + (this.killedAt.get(where) ?? 0));
  }
}
