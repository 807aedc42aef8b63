/**
 * Goal: operations at the same time are answered, and leave the stores, as if they had come one after
 * the other in some order; so of two that exclude each other exactly one wins, and the other gets its
 * name. Method: every statement waits for fast-check's scheduler, which chooses whose goes next; the
 * answers are then looked for among the orders that the model allows. All pairs of verbs, then three
 * and four at a time. DEEP_RUNS raises the number of runs.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Sql } from '../../src/storage/database.js';
import { isTurnedAwayRightly, verbs } from './model/operations.js';
import { SmallWorld } from './model/small-world.js';
import { initial, QUOTES, step, type Op, type State } from './model/spec.js';
import { openWorld, type World } from './world.js';

const DEEP_RUNS = Number(process.env['DEEP_RUNS'] ?? 0);
const RUNS_OF_A_PAIR = Math.max(10, Math.ceil(DEEP_RUNS / 100));
const RUNS_OF_MORE = Math.max(250, Math.ceil(DEEP_RUNS / 4));

const service = 'service' as const;
const hold = (order: number, quote: number): Op => ({ verb: 'hold', as: service, order, quote });
const confirm = (order: number): Op => ({ verb: 'confirm', as: service, order });
const over: Op = { verb: 'forward', minutes: 30 };
const part: Op = { verb: 'refund', order: 0, units: [1, 0, 0], key: 0 };

/** Where the operations begin: what makes verbs exclude each other. */
const PREFIXES: readonly (readonly Op[])[] = [
  [],
  [hold(0, 1)],
  [hold(0, 1), hold(1, 4)],
  [hold(0, 1), confirm(0)],
  [hold(0, 1), confirm(0), part],
  [hold(0, 1), over],
  [hold(0, 1), over, { verb: 'askAgain', quote: 0 }, { verb: 'askAgain', quote: 1 }],
  [hold(0, 1), over, { verb: 'askAgain', quote: 0 }, hold(1, 0), over],
  [hold(0, 1), { verb: 'release', as: service, order: 0 }],
  [{ verb: 'FREEZE', coupon: 0 }],
];

/** Operations that meet: on two orders, and mostly on coupons that they share. */
const meeting = (arbitrary: fc.Arbitrary<Op>): fc.Arbitrary<Op> =>
  arbitrary.map((op) => {
    const order = 'order' in op ? { order: op.order % 2 } : {};
    const quote = 'quote' in op && op.quote > 3 ? { quote: 0 } : {};
    const as = 'as' in op ? { as: service } : {};
    return { ...op, ...order, ...quote, ...as };
  });

describe('operations at the same time', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    expect(await world.verify()).toEqual([]);
    await world.stores.close();
  });

  const explained = async (prefix: readonly Op[], ops: readonly Op[], scheduler: fc.Scheduler) => {
    const small = await SmallWorld.open(world);
    let state = initial;
    for (const op of prefix) {
      expect(await small.perform(op)).toBe(step(state, op).answer);
      state = step(state, op).state;
    }
    const together = small.on(gated(world.stores.database, scheduler));
    const told = await scheduler.waitFor(Promise.all(ops.map((op) => together.perform(op))));
    const reasons: string[] = [];
    for (const end of endings(state, ops, told)) {
      const differences = await small.differences(end);
      if (differences.length === 0) return;
      reasons.push(...differences);
    }
    throw new Error(`no order of these explains ${JSON.stringify(told)}: ${reasons.join('; ')}`);
  };

  const pairs = verbs.flatMap((first, i) =>
    verbs.slice(i).map((second) => [first, second] as const),
  );
  it(`are answered as in some order, for all ${pairs.length} pairs of verbs`, async () => {
    for (const pair of pairs)
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...PREFIXES),
          fc.tuple(meeting(pair[0]), meeting(pair[1])),
          fc.scheduler(),
          explained,
        ),
        { numRuns: RUNS_OF_A_PAIR },
      );
  }, 600_000);

  it('are answered as in some order, three and four at a time', async () => {
    const ops = fc.array(fc.oneof(...verbs.map(meeting)), { minLength: 3, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PREFIXES), ops, fc.scheduler(), explained),
      { numRuns: RUNS_OF_MORE },
    );
  }, 3_600_000);
});

/** The states in which some order of the operations ends that is answered as it was told. */
function* endings(
  state: State,
  ops: readonly Op[],
  told: readonly string[],
  left: readonly number[] = ops.map((_, i) => i),
): Generator<State> {
  if (left.length === 0) yield state;
  for (const at of left) {
    const rest = left.filter((other) => other !== at);
    const after = step(state, ops[at]!);
    if (after.answer === told[at]) yield* endings(after.state, ops, told, rest);
    else if (isTurnedAwayRightly(state, ops[at]!, told[at]!) || isTried(ops, at, told[at]!))
      yield* endings(state, ops, told, rest);
  }
}

/** Redis may turn away while another order tries for the coupon, whether or not it gets it. */
function isTried(ops: readonly Op[], at: number, told: string): boolean {
  const op = ops[at]!;
  const match = /^QUOTE_STALE (\d+)$/.exec(told);
  if (match === null || !('quote' in op) || !('order' in op)) return false;
  return ops.some(
    (other) =>
      'quote' in other &&
      'order' in other &&
      other.order !== op.order &&
      (QUOTES[other.quote]!.coupons as readonly number[]).includes(Number(match[1])),
  );
}

/** A database each of whose statements waits for its turn. */
function gated(database: Database, scheduler: fc.Scheduler): Database {
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
  const over = Object.create(database) as Database;
  over.rows = async (sql, values) => {
    await turn();
    return database.rows(sql, values);
  };
  over.transaction = (work) =>
    database.transaction(async (sql) => {
      const inTurn: Sql = {
        rows: async (text, values) => {
          await turn();
          return sql.rows(text, values);
        },
        change: async (text, values) => {
          await turn();
          return sql.change(text, values);
        },
      };
      const value = await work(inTurn);
      await turn();
      return value;
    });
  return over;
}
