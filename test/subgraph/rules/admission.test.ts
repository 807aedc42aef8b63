/** The two steps of shedding, whatever the load does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADMISSION_EVERY_MS,
  COMMIT_QUEUE_CALM,
  IN_FLIGHT_MAX,
  IN_FLIGHT_MIN,
  JOURNAL_LENGTH_CALM,
  LOOP_DELAY_SOFT_MS,
  LOOP_DELAY_TARGET_MS,
} from '../../../src/config/limits.js';
import {
  nextAdmission,
  OPEN,
  retryMoment,
  type Load,
} from '../../../src/subgraph/rules/admission.js';

const CALM: Load = { loopDelayMs: 0, commitQueue: 0, journalLength: 0 };
const load = fc.record({
  loopDelayMs: fc.double({ min: 0, max: 500, noNaN: true }),
  commitQueue: fc.nat(30_000),
  journalLength: fc.nat(100_000),
});
const after = (loads: readonly Load[]) => loads.reduce(nextAdmission, OPEN);

describe('admission', () => {
  it('always lets some in and never too many', () => {
    fc.assert(
      fc.property(fc.array(load), (loads) => {
        const { limit } = after(loads);
        expect(limit).toBeGreaterThanOrEqual(IN_FLIGHT_MIN);
        expect(limit).toBeLessThanOrEqual(IN_FLIGHT_MAX);
      }),
    );
  });

  it('is as open as ever two seconds after the load has gone, whatever was before', () => {
    const looks = Array.from({ length: 2_000 / ADMISSION_EVERY_MS }, () => CALM);
    fc.assert(
      fc.property(fc.array(load), (loads) => {
        expect(after([...loads, ...looks])).toEqual(OPEN);
      }),
    );
  });

  it('never lets more in because the load is higher', () => {
    fc.assert(
      fc.property(fc.array(load), load, load, (before, a, b) => {
        const worse: Load = {
          loopDelayMs: Math.max(a.loopDelayMs, b.loopDelayMs),
          commitQueue: Math.max(a.commitQueue, b.commitQueue),
          journalLength: Math.max(a.journalLength, b.journalLength),
        };
        const last = after(before);
        const [under, over] = [nextAdmission(last, a), nextAdmission(last, worse)];
        expect(over.limit).toBeLessThanOrEqual(under.limit);
        expect(Number(over.mayTake)).toBeLessThanOrEqual(Number(under.mayTake));
      }),
    );
  });

  it('shrinks step by step while the event loop stays late', () => {
    const late = { ...CALM, loopDelayMs: LOOP_DELAY_TARGET_MS + 1 };
    const limits = Array.from(
      { length: 30 },
      (_, i) => after(Array.from({ length: i }, () => late)).limit,
    );
    expect(limits).toEqual(limits.toSorted((a, b) => b - a));
    expect(limits.at(-1)).toBe(IN_FLIGHT_MIN);
    expect(limits[1]).toBeGreaterThan(IN_FLIGHT_MAX * 0.8);
  });

  it.each<[string, number, (value: number) => Load]>([
    ['the commit queue', COMMIT_QUEUE_CALM, (commitQueue) => ({ ...CALM, commitQueue })],
    ['the journals', JOURNAL_LENGTH_CALM, (journalLength) => ({ ...CALM, journalLength })],
    ['the event loop', LOOP_DELAY_SOFT_MS, (loopDelayMs) => ({ ...CALM, loopDelayMs })],
  ])('stops what takes stock for %s, and goes on only when it is calm', (_what, calm, of) => {
    const takes = (...values: number[]) => after(values.map(of)).mayTake;
    expect(takes(calm * 2 - 1)).toBe(true);
    expect(takes(calm * 2)).toBe(false);
    expect(takes(calm * 2, calm)).toBe(false);
    expect(takes(calm * 2, calm - 1)).toBe(true);
  });

  it('sends away for half a second to two and a half', () => {
    expect([retryMoment(1_000, 0), retryMoment(1_000, 1)]).toEqual([1_500, 3_500]);
  });
});
