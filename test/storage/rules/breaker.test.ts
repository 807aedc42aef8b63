/** When MySQL is left alone, and who tries it again. */
import { describe, expect, it } from 'vitest';
import { CLOSED, enter, signOfLife, waitedInVain } from '../../../src/storage/rules/breaker.js';

const PAUSE_MS = 500;
const PROBE_MS = 1_000;
const shut = waitedInVain(CLOSED, 0, 1_000, PAUSE_MS);

describe('the breaker before MySQL', () => {
  it('lets everybody try until somebody waited in vain', () => {
    expect(enter(CLOSED, 5, PROBE_MS)).toEqual({ mayTry: true, next: CLOSED });
    expect(enter(shut, 1_000, PROBE_MS).mayTry).toBe(false);
  });

  it('stays open where others were served meanwhile: that is load, not an outage', () => {
    const alive = signOfLife(500);
    expect(waitedInVain(alive, 400, 1_400, PAUSE_MS)).toEqual(alive);
    expect(enter(waitedInVain(alive, 501, 1_501, PAUSE_MS), 1_502, PROBE_MS).mayTry).toBe(false);
  });

  it('lets one caller try after the pause and tells the others at once, until that one is back', () => {
    const first = enter(shut, 1_500, PROBE_MS);
    expect(first.mayTry).toBe(true);
    expect(enter(first.next, 1_500, PROBE_MS).mayTry).toBe(false);
    expect(enter(signOfLife(1_600), 1_600, PROBE_MS).mayTry).toBe(true);
    const again = waitedInVain(first.next, 1_500, 2_500, PAUSE_MS);
    expect(enter(again, 2_999, PROBE_MS).mayTry).toBe(false);
    expect(enter(again, 3_000, PROBE_MS).mayTry).toBe(true);
  });

  it('lets another try where the one that tried never came back', () => {
    const { next } = enter(shut, 1_500, PROBE_MS);
    expect(enter(next, 1_500 + PROBE_MS, PROBE_MS).mayTry).toBe(true);
  });
});
