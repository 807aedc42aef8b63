/** What is sealed at rest opens where it belongs and nowhere else. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataKeys } from '../../src/config/environment.js';
import { localDataKeys } from '../../src/storage/local-data-keys.js';
import { CannotOpen, isSealed, Sealer } from '../../src/storage/seal.js';
import type { Place } from '../../src/storage/sealed-columns.js';

const keyOf = (id: string) => ({ id, secret: randomBytes(32) });
const [one, two] = [keyOf('k1'), keyOf('k2')];
const sealer = new Sealer([one]);
const place: Place = { table: 'quarantined_claim', column: 'entry', rowId: '01' };

const texts = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
/** Any place: that there are few of them is not the sealer's to know. */
const places = fc
  .record({ table: fc.string(), column: fc.string(), rowId: fc.string() })
  .map((any) => any as unknown as Place);

function whyClosed(open: () => string): string {
  try {
    return `opened: ${open()}`;
  } catch (error) {
    if (error instanceof CannotOpen) return error.reason;
    throw error;
  }
}

describe('a sealed text', () => {
  it('opens in its place to what was sealed, whatever that was', () => {
    fc.assert(
      fc.property(texts, places, (text, where) => {
        const sealed = sealer.seal(text, where);
        expect(isSealed(sealed)).toBe(true);
        expect(sealer.open(sealed, where)).toBe(text);
      }),
    );
  });

  it('opens in no other place: a row cannot be given the text of another', () => {
    fc.assert(
      fc.property(texts, places, places, (text, where, other) => {
        fc.pre(JSON.stringify(where) !== JSON.stringify(other));
        const sealed = sealer.seal(text, where);
        expect(whyClosed(() => sealer.open(sealed, other))).toBe('NOT_AUTHENTIC');
      }),
    );
  });

  it('does not open once any bit of it was turned', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 0, max: 6 }), (text, at, bit) => {
        const sealed = sealer.seal(text, place);
        const turned = sealed.split('');
        const index = at % turned.length;
        turned[index] = String.fromCharCode(sealed.charCodeAt(index) ^ (1 << bit));
        expect(whyClosed(() => sealer.open(turned.join(''), place))).toMatch(
          /^(MALFORMED|UNKNOWN_KEY|NOT_AUTHENTIC)$/,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not open when it was cut or made longer', () => {
    const sealed = sealer.seal('a secret', place);
    for (let length = 0; length < sealed.length; length += 1)
      expect(whyClosed(() => sealer.open(sealed.slice(0, length), place))).toBe('MALFORMED');
    expect(whyClosed(() => sealer.open(`${sealed}A`, place))).toBe('MALFORMED');
  });

  it('names the key that is missing, and never the text', () => {
    const sealed = new Sealer([two]).seal('a secret', place);
    expect(() => sealer.open(sealed, place)).toThrow(
      'quarantined_claim.entry of 01 does not open: UNKNOWN_KEY k2',
    );
  });

  it('does not open with another key of the same id', () => {
    const sealed = new Sealer([keyOf('k1')]).seal('a secret', place);
    expect(whyClosed(() => sealer.open(sealed, place))).toBe('NOT_AUTHENTIC');
  });

  it('is another one each time, and shows nothing of the text but its length', () => {
    const sealed = Array.from({ length: 200 }, () => sealer.seal('the same secret', place));
    expect(new Set(sealed).size).toBe(200);
    expect(sealed.join()).not.toContain(Buffer.from('the same').toString('base64url'));
  });

  it('of a former key opens while the key is configured; new ones are of the first', () => {
    const former = sealer.seal('a secret', place);
    const both = new Sealer([two, one]);
    expect(both.open(former, place)).toBe('a secret');
    expect(both.seal('a secret', place)).toMatch(/^v1\.k2\./);
  });
});

describe('the keys of an installation without configuration', () => {
  it('are made once, for its owner only, however many processes start at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coupons-keys-'));
    try {
      const dataDir = join(folder, 'data');
      const starts = Array.from({ length: 8 }, () =>
        localDataKeys(dataDir, 'data-keys', readDataKeys),
      );
      const all = await Promise.all(starts);
      const [first] = all[0]!;
      expect(first!.secret).toHaveLength(32);
      for (const keys of all) expect(keys).toEqual(all[0]);
      expect(await localDataKeys(dataDir, 'data-keys', readDataKeys)).toEqual(all[0]);
      const file = join(dataDir, 'data-keys');
      expect((await stat(file)).mode & 0o077).toBe(0);
      expect(await readFile(file, 'utf8')).toMatch(/^local:/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
