/** What a scenario is, and how each is played: a stage of its own, its acts, the end that all share. */
import type { Arena } from '../arena/arena.js';
import type { Random } from '../client/random.js';
import { settleStage } from '../stage/settle-stage.js';
import { openStage, type Stage } from '../stage/stage.js';

export interface Context {
  readonly arena: Arena;
  readonly random: Random;
  /** Of the crash storm. */
  readonly kills: number;
  /** Hours are allowed. */
  readonly isNight: boolean;
  readonly say: (line: string) => void;
}

export interface Outcome {
  /** What was measured, in a few words. */
  readonly figures: string;
  /** What is broken; empty: all promises held. */
  readonly broken: readonly string[];
}

export interface Scenario {
  readonly name: string;
  /** One sentence. */
  readonly proves: string;
  /** Played in CI too, or at night only. */
  readonly isInCi: boolean;
  /** Left out of `--part night` where the run is not root's. */
  readonly needsRoot?: true;
  readonly play: (context: Context) => Promise<Outcome>;
}

/** Thrown by an act whose own expectation is broken. */
export class Broken extends Error {}

/** @param act does the harm. @returns the figures */
export async function onStage(
  { arena }: Context,
  act: (stage: Stage) => Promise<string>,
): Promise<Outcome> {
  const stage = await openStage(arena);
  try {
    const broken: string[] = [];
    const figures = await act(stage).catch((error: unknown) => {
      broken.push(
        error instanceof Broken ? error.message : String((error as Error).stack ?? error),
      );
      return 'not finished';
    });
    // What went wrong at the end must not hide what went wrong before.
    const unsettled = (error: unknown) => [String((error as Error).stack ?? error)];
    broken.push(...(await settleStage(stage).catch(unsettled)));
    const { attempts } = stage.customers;
    const acked = attempts.filter(({ answer }) => answer.kind === 'COUPON').length;
    return { figures: `${figures}; ${attempts.length} claims, ${acked} coupons answered`, broken };
  } finally {
    await stage.close();
  }
}
