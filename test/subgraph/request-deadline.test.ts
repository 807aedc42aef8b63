/** A request that waits too long is told the truth. */
import { buildSchema, execute, parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../src/kernel/within.js';
import { cutOffBody, limitMutationTime } from '../../src/subgraph/request-deadline.js';
import { callerOf } from '../kit/seed.js';

const schemaWith = (resolve: () => unknown, deadlineMs: number, cuts: string[]) => {
  const schema = buildSchema(`type Query { a: Int }
    type Answer { code: String retryable: Boolean } type Mutation { do: Answer }`);
  schema.getMutationType()!.getFields()['do']!.resolve = resolve;
  limitMutationTime(schema, () => cuts.push('cut'), deadlineMs);
  return (beganAtMs: number) =>
    execute({
      schema,
      document: parse('mutation { do { code retryable } }'),
      contextValue: { caller: callerOf('anna'), isRouter: false, requestId: 'r', beganAtMs },
    });
};
const never = () => new Promise(() => undefined);

describe('a mutation', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('that is cut off may have been done: OUTCOME_UNKNOWN', async () => {
    const cuts: string[] = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const asked = schemaWith(never, 5, cuts)(performance.now());
    await vi.advanceTimersByTimeAsync(5);
    const { data } = await asked;
    expect(data).toEqual({ do: { code: 'OUTCOME_UNKNOWN', retryable: true } });
    expect(cuts).toEqual(['cut']);
  });

  it('that had no time left was not begun: UNAVAILABLE', async () => {
    let begun = 0;
    const run = schemaWith(() => (begun += 1), 1_000, []);
    const { data } = await run(performance.now() - 1_001);
    expect([data, begun]).toEqual([{ do: { code: 'UNAVAILABLE', retryable: true } }, 0]);
  });

  it('that is done in time keeps its answer', async () => {
    const cuts: string[] = [];
    const run = schemaWith(async () => ({ code: 'DONE', retryable: false }), 60_000, cuts);
    const { data } = await run(performance.now());
    expect([data, cuts]).toEqual([{ do: { code: 'DONE', retryable: false } }, []]);
  });
});

describe('a request', () => {
  it('that is cut off says whether it may have been done', () => {
    const codeOf = (text: string) =>
      (JSON.parse(text) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions
        .code;
    expect([codeOf(cutOffBody(true)), codeOf(cutOffBody(false))]).toEqual([
      'OUTCOME_UNKNOWN',
      'UNAVAILABLE',
    ]);
  });

  it('keeps what comes in time, also a failure', async () => {
    expect(await within(Promise.resolve('done'), 60_000, () => 'late')).toBe('done');
    expect(await within(new Promise<string>(() => undefined), 1, () => 'late')).toBe('late');
    await expect(within(Promise.reject(new Error('x')), 60_000, () => 'late')).rejects.toThrow('x');
  });
});
