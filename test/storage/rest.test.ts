/** Rests between pages: as long as the page took, and no longer than may be. */
import { describe, expect, it } from 'vitest';
import { REST_MAX_MS } from '../../src/config/limits.js';
import { restSince, systemPace } from '../../src/storage/rest.js';

const HOUR_MS = 3_600_000;

describe('a rest', () => {
  const restOf = async (pageMs: number): Promise<readonly number[]> => {
    const rests: number[] = [];
    const pace = {
      nowMs: () => 1_000 + pageMs,
      sleep: async (ms: number) => void rests.push(ms),
    };
    await restSince(1_000, new AbortController().signal, pace);
    return rests;
  };

  it('is as long as the page before it took, within its bound', async () => {
    expect(await restOf(0)).toEqual([0]);
    expect(await restOf(120)).toEqual([120]);
    expect(await restOf(REST_MAX_MS)).toEqual([REST_MAX_MS]);
    expect(await restOf(REST_MAX_MS + 1)).toEqual([REST_MAX_MS]);
  });

  it('ends at once when the run should end, and does not begin after it', async () => {
    const ending = new AbortController();
    const rest = () => systemPace.sleep(HOUR_MS, ending.signal);
    const begun = rest();
    ending.abort();
    await expect(begun).resolves.toBeUndefined();
    await expect(rest()).resolves.toBeUndefined();
  });
});
