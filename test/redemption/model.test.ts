/**
 * Goal: whatever is asked of the service, in whatever order, is answered as the model says, and leaves
 * the stores as the model says. Method: fast-check commands against real MySQL and Redis, several small
 * worlds side by side, each with a clock of its own; at the end the verifier proves every promise.
 * DEEP_RUNS raises the number of runs.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTurnedAwayRightly, operation } from './model/operations.js';
import { SmallWorld } from './model/small-world.js';
import { initial, step, type Op, type State } from './model/spec.js';
import { openWorld, type World } from './world.js';

const RUNS = Number(process.env['DEEP_RUNS'] ?? 2_000);
const LANES = 6;
const COMMANDS_MAX = 20;

const oneInTen = fc.nat(9).map((n) => n === 0);

interface Model {
  state: State;
}

class Operation implements fc.AsyncCommand<Model, SmallWorld> {
  constructor(
    private readonly op: Op,
    /** Asks even for what is not there, which most random operations would. */
    private readonly isStubborn: boolean,
  ) {}

  check({ state }: Readonly<Model>): boolean {
    return this.isStubborn || !step(state, this.op).answer.includes('NOT_FOUND');
  }

  async run(model: Model, real: SmallWorld): Promise<void> {
    const { state, answer } = step(model.state, this.op);
    const told = await real.perform(this.op);
    if (told !== answer && isTurnedAwayRightly(model.state, this.op, told)) return;
    model.state = state;
    if (told !== answer) throw new Error(`${this.toString()}: ${told}, should be ${answer}`);
  }

  toString(): string {
    return JSON.stringify(this.op);
  }
}

describe('redemptions, whatever is asked', () => {
  const lanes: World[] = [];
  beforeAll(async () => {
    for (let i = 0; i < LANES; i += 1) lanes.push(await openWorld());
  });
  afterAll(() => Promise.all(lanes.map((world) => world.stores.close())));

  it(
    `answer and leave behind what the model says, in ${RUNS} runs`,
    async () => {
      const commands = fc.commands(
        [fc.tuple(operation, oneInTen).map((args) => new Operation(...args))],
        {
          maxCommands: COMMANDS_MAX,
          size: 'max',
        },
      );
      const share = Math.ceil(RUNS / LANES);
      await Promise.all(
        lanes.map((world) =>
          fc.assert(
            fc.asyncProperty(commands, async (sequence) => {
              const real = await SmallWorld.open(world);
              const model: Model = { state: initial };
              await fc.asyncModelRun(() => ({ model, real }), sequence);
              expect(await real.differences(model.state)).toEqual([]);
            }),
            { numRuns: share },
          ),
        ),
      );
      for (const world of lanes) expect(await world.verify()).toEqual([]);
    },
    RUNS * 200,
  );
});
