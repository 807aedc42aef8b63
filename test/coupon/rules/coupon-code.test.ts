/** Codes: what they are made of, what readCode forgives, and how much of what is mistyped it catches. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCode, maskCode, readCode } from '../../../src/coupon/rules/coupon-code.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const random = fc.uint8Array({ minLength: 14, maxLength: 14 });
const replaceAt = (code: string, index: number, char: string) =>
  code.slice(0, index) + char + code.slice(index + 1);

describe('a coupon code', () => {
  it('is sixteen characters without I, L, O and U, and reads as itself', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const code = makeCode(bytes);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
        expect(readCode(code)).toBe(code);
      }),
    );
  });

  it('is the same for the same bits and another for every other bit that is used', () => {
    fc.assert(
      fc.property(random, fc.nat(13), fc.nat(4), (bytes, index, bit) => {
        const other = Uint8Array.from(bytes);
        other[index]! ^= 1 << bit;
        expect(makeCode(other)).not.toBe(makeCode(bytes));
        expect(makeCode(Uint8Array.from(bytes, (byte) => byte | 0xe0))).toBe(makeCode(bytes));
      }),
    );
  });

  it('uses every character in every position about equally often', () => {
    const codes = Array.from({ length: 20_000 }, () => makeCode(randomBytes(14)));
    expect(new Set(codes).size).toBe(codes.length);
    const expected = codes.length / 32;
    for (let position = 0; position < 16; position += 1) {
      const counts = new Map(Array.from(ALPHABET, (char) => [char, 0]));
      for (const code of codes) counts.set(code[position]!, counts.get(code[position]!)! + 1);
      let chiSquare = 0;
      for (const count of counts.values()) chiSquare += (count - expected) ** 2 / expected;
      expect(chiSquare).toBeLessThan(90); // 31 degrees of freedom: one in 10^7 is above
    }
  });

  it('is read in any case, with blanks and dashes, and with the look-alikes O, I and L', () => {
    fc.assert(
      fc.property(random, fc.infiniteStream(fc.nat(5)), (bytes, choices) => {
        const code = makeCode(bytes);
        const typed = Array.from(code).map((char) => {
          const choice = choices.next().value as number;
          if (char === '0' && choice < 3) return choice === 0 ? 'O' : 'o';
          if (char === '1' && choice < 4) return 'IiLl'[choice]!;
          return choice === 4 ? `${char.toLowerCase()} ` : choice === 5 ? `-${char}` : char;
        });
        expect(readCode(` ${typed.join('')}\t`)).toBe(code);
      }),
    );
  });

  it.each([
    '',
    '0',
    'U'.repeat(16),
    '0'.repeat(16),
    '0'.repeat(15),
    '0'.repeat(1_000),
    "' OR 1=1 -- 1234",
    '券码券码券码券码',
  ])('cannot be %j', (typed) => {
    expect(readCode(typed)).toBeUndefined();
  });

  it('with one character mistyped, or two exchanged, is turned away in all but one of 500', () => {
    let [typos, missedTypos, swaps, missedSwaps] = [0, 0, 0, 0];
    for (let i = 0; i < 200; i += 1) {
      const code = makeCode(randomBytes(14));
      for (let index = 0; index < code.length; index += 1) {
        for (const char of ALPHABET) {
          if (char === code[index]) continue;
          typos += 1;
          if (readCode(replaceAt(code, index, char)) !== undefined) missedTypos += 1;
        }
        const next = code[index + 1];
        if (next === undefined || next === code[index]) continue;
        swaps += 1;
        const swapped = replaceAt(replaceAt(code, index, next), index + 1, code[index]!);
        if (readCode(swapped) !== undefined) missedSwaps += 1;
      }
    }
    // Two check characters miss one in 1,024; a typo in the check itself is never missed.
    expect(typos).toBe(200 * 16 * 31);
    expect(missedTypos / typos).toBeLessThan(1 / 500);
    expect(swaps).toBeGreaterThan(2_500);
    expect(missedSwaps / swaps).toBeLessThan(1 / 200);
  });

  it('made up is turned away in all but one of 500', () => {
    const guesses = Array.from({ length: 50_000 }, () =>
      Array.from(randomBytes(16), (byte) => ALPHABET[byte & 31]).join(''),
    );
    const accepted = guesses.filter((guess) => readCode(guess) !== undefined).length;
    expect(accepted).toBeLessThan(100);
    expect(accepted).toBeGreaterThan(15);
  });

  it('masked shows its last four characters and its length', () => {
    expect(maskCode('ABCDEFGH12345678')).toBe('************5678');
  });
});
