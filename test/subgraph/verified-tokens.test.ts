/** How long a token is believed without asking again. */
import { describe, expect, it } from 'vitest';
import { TOKEN_KEPT_MS } from '../../src/config/limits.js';
import { VerifiedTokens, type Identity } from '../../src/subgraph/verified-tokens.js';

function setUp(endsInMs = 3_600_000) {
  let nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs, forward: (ms: number) => void (nowMs += ms) };
  const asked: string[] = [];
  let areGood = true;
  const verify = async (token: string): Promise<Identity> => {
    asked.push(token);
    if (!areGood) throw new Error('not good');
    return {
      userId: token,
      scopes: new Set<string>(),
      level: null,
      expiresAtMs: clock.nowMs() + endsInMs,
    };
  };
  const tokens = new VerifiedTokens(verify, clock);
  return { clock, asked, tokens, withdrawKey: () => (areGood = false) };
}

describe('a verified token', () => {
  it('is verified once while it is believed, each for itself', async () => {
    const { tokens, asked } = setUp();
    for (const token of ['anna', 'anna', 'bert', 'anna'])
      expect(await tokens.identityOf(token)).toMatchObject({ userId: token });
    expect(asked).toEqual(['anna', 'bert']);
  });

  it('of a key that was taken back is refused after a minute at the latest', async () => {
    const { tokens, clock, withdrawKey } = setUp();
    await tokens.identityOf('anna');
    withdrawKey();
    clock.forward(TOKEN_KEPT_MS - 1);
    expect(await tokens.identityOf('anna')).toMatchObject({ userId: 'anna' });
    clock.forward(1);
    await expect(tokens.identityOf('anna')).rejects.toThrow('not good');
    expect(TOKEN_KEPT_MS).toBeLessThanOrEqual(60_000);
  });

  it('is not believed past its own end', async () => {
    const { tokens, clock, asked } = setUp(5_000);
    await tokens.identityOf('anna');
    clock.forward(5_000);
    await tokens.identityOf('anna');
    expect(asked).toEqual(['anna', 'anna']);
  });

  it('is verified again where the clock was set back, which would lengthen its minute', async () => {
    const { tokens, clock, withdrawKey } = setUp();
    await tokens.identityOf('anna');
    withdrawKey();
    clock.forward(-3_600_000);
    await expect(tokens.identityOf('anna')).rejects.toThrow('not good');
  });

  it('that is not good is not remembered', async () => {
    const { tokens, asked, withdrawKey } = setUp();
    withdrawKey();
    await expect(tokens.identityOf('anna')).rejects.toThrow('not good');
    await expect(tokens.identityOf('anna')).rejects.toThrow('not good');
    expect(asked).toHaveLength(2);
  });
});
