/**
 * The frame of a scenario about the stores: two whole services, customers who keep coming, the harm, the
 * stores healed, everybody told how it ended, and nobody kept waiting longer than the deadline.
 */
import { Demand, type DemandOptions } from '../stage/demand.js';
import { lateAnswers } from '../stage/read-answers.js';
import type { Stage } from '../stage/stage.js';
import { Broken, onStage, type Context, type Outcome } from './scenario.js';

export interface UnderDemand {
  readonly stage: Stage;
  readonly demand: Demand;
  readonly context: Context;
}

export interface Setting extends DemandOptions {
  /** What a seat is started with beside the stage's own. */
  readonly env?: (seat: string) => Readonly<Record<string, string>>;
}

/** @param harm its figures */
export function underDemand(
  context: Context,
  harm: (parts: UnderDemand) => Promise<string>,
  prepare: (stage: Stage) => Promise<Setting> | Setting = () => ({}),
): Promise<Outcome> {
  return onStage(context, async (stage) => {
    stage.isDisturbed = true;
    const { env, ...options } = await prepare(stage);
    await stage.hire({ seats: ['a', 'b'], life: (seat) => stage.life('all', env?.(seat)) });
    const demand = new Demand(stage, context.random, options);
    await demand.start();
    try {
      const figures = await harm({ stage, demand, context });
      await context.arena.heal();
      const left = await demand.stop();
      const late = lateAnswers(stage.customers.attempts);
      if (late.length > 0)
        throw new Broken(`${late.length} too late: ${late.slice(0, 3).join(', ')}`);
      return `${figures}; ${left} asked once more at the end`;
    } finally {
      await context.arena.heal();
      await demand.abandon();
    }
  });
}
