/** Codes as they are made and read: unique by construction, and nobody's to guess or to mistype. */
import { hkdfSync } from 'node:crypto';
import { FF1 } from '@noble/ciphers/ff1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeKeys } from '../../src/issue/code-keys.js';
import { CodeCipher, PERMUTED_BITS } from '../../src/issue/rules/code-cipher.js';
import {
  BATCH_NO_LENGTH,
  BATCH_NUMBERS,
  isChecked,
  readTypedCode,
  writeCodes,
  type CodeSeries,
} from '../../src/issue/rules/code-text.js';
import { asTyped, CROCKFORD, fromBase32, toBase32 } from '../../src/kernel/crockford.js';

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
const batchNumbers = fc.integer({ min: 0, max: BATCH_NUMBERS - 1 });
const prefixes = fc.stringMatching(/^[0-9A-Z]{0,8}$/);
const serials = fc.integer({ min: 0, max: 9_999_999 });
const series = fc
  .record({ secret: secrets, prefix: prefixes, batchNumber: batchNumbers })
  .map(({ secret, prefix, batchNumber }) => ({
    cipher: new CodeCipher(secret),
    prefix,
    batchNo: toBase32(batchNumber, BATCH_NO_LENGTH),
  }));

const passes = ({ cipher }: CodeSeries, text: string): boolean => {
  const read = readTypedCode(text);
  return read.kind === 'CODE' && isChecked(cipher, read.code);
};

describe('the permutation', () => {
  it('is FF1 of NIST SP 800-38G, as another implementation has it', () => {
    fc.assert(
      fc.property(secrets, batchNumbers, serials, (secret, batchNumber, serial) => {
        const key = hkdfSync('sha256', secret, '', 'coupon codes: permutation', 32);
        const tweak = Buffer.alloc(4);
        tweak.writeUInt32BE(batchNumber);
        const digits = [20, 15, 10, 5, 0].map((shift) => (serial >>> shift) & 31);
        const expected = FF1(32, new Uint8Array(key), tweak).encrypt(digits);
        const [permuted] = new CodeCipher(secret).permute(batchNumber, serial, 1);
        expect(toBase32(permuted!, 5)).toBe(expected.map((digit) => CROCKFORD[digit]).join(''));
      }),
    );
  });

  it('is taken back by restoring', () => {
    fc.assert(
      fc.property(secrets, batchNumbers, serials, (secret, batchNumber, serial) => {
        const cipher = new CodeCipher(secret);
        const [permuted] = cipher.permute(batchNumber, serial, 1);
        expect(permuted).toBeLessThan(2 ** PERMUTED_BITS);
        expect(cipher.restore(batchNumber, permuted!)).toBe(serial);
      }),
    );
  });

  it('gives no value twice over a hundred thousand numbers, however they are cut into pages', () => {
    const cipher = new CodeCipher(Buffer.alloc(32, 1));
    const whole = cipher.permute(5, 0, 100_000);
    expect(new Set(whole).size).toBe(100_000);
    expect([...cipher.permute(5, 777, 100)]).toEqual([...whole.subarray(777, 877)]);
    expect([...cipher.permute(6, 0, 100)]).not.toEqual([...whole.subarray(0, 100)]);
  });
});

describe('a code', () => {
  it('is read as it was written, in any case, with or without dashes and blanks, O for 0 and I or L for 1', () => {
    const mangle = fc.array(fc.constantFrom('lower', 'dash', 'blank', 'O', 'I', 'L'), {
      maxLength: 4,
    });
    const mangled: Record<string, (text: string) => string> = {
      lower: (text) => text.toLowerCase(),
      dash: (text) => text.replaceAll('-', ''),
      blank: (text) => ` ${text.replaceAll('-', ' ')} `,
      O: (text) => text.replaceAll('0', 'o'),
      I: (text) => text.replaceAll('1', 'I'),
      L: (text) => text.replaceAll('1', 'l'),
    };
    fc.assert(
      fc.property(series, serials, mangle, (of, serial, ways) => {
        const [code] = writeCodes(of, serial, 1);
        const typed = ways.reduce((text, way) => mangled[way]!(text), code!);
        const read = readTypedCode(typed);
        expect(read).toMatchObject({
          kind: 'CODE',
          code: { prefix: asTyped(of.prefix), batchNo: of.batchNo },
        });
        expect(passes(of, typed)).toBe(true);
        const permuted = read.kind === 'CODE' ? read.code.permuted : -1;
        expect(of.cipher.restore(fromBase32(of.batchNo), permuted)).toBe(serial);
      }),
    );
  });

  it('with any one character mistyped, or any two neighbours changed, is thrown away by its check', () => {
    fc.assert(
      fc.property(series, serials, (of, serial) => {
        const text = asTyped(writeCodes(of, serial, 1)[0]!);
        for (let at = 0; at < text.length; at += 1) {
          for (const other of CROCKFORD) {
            if (other === text[at]) continue;
            expect(passes(of, text.slice(0, at) + other + text.slice(at + 1))).toBe(false);
          }
          const swapped = text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2);
          if (swapped !== text) expect(passes(of, swapped)).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is not hit by guessing, with the batch known and the form kept', () => {
    const of = { cipher: new CodeCipher(Buffer.alloc(32, 9)), prefix: '', batchNo: '7K3M' };
    let state = 1n;
    let hits = 0;
    for (let guess = 0; guess < 20_000; guess += 1) {
      state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 127n) - 1n);
      let text = '';
      for (let rest = state >> 20n; text.length < 17; rest >>= 5n)
        text += CROCKFORD[Number(rest & 31n)];
      if (passes(of, of.batchNo + text)) hits += 1;
    }
    expect(hits).toBe(0);
  });

  it('passes with its own key alone, and the key is found among others', () => {
    const keys = [1, 2, 3].map((fill) => ({ id: `k${fill}`, secret: Buffer.alloc(32, fill) }));
    const all = new CodeKeys(keys);
    const [code] = writeCodes(
      { cipher: all.cipherOf('k2'), prefix: 'VIP', batchNo: '0001' },
      41,
      1,
    );
    const read = readTypedCode(code!);
    if (read.kind !== 'CODE') throw new Error(read.kind);
    expect(all.checkedWith(read.code)).toBe('k2');
    expect(
      new CodeKeys(keys.filter(({ id }) => id !== 'k2')).checkedWith(read.code),
    ).toBeUndefined();
    expect(all.currentId).toBe('k1');
    expect(() => all.cipherOf('k9')).toThrow(/no key k9/);
  });

  it.each([
    '',
    ' ',
    '-',
    'A'.repeat(16),
    'A'.repeat(20),
    'A'.repeat(30),
    'WELCOME!',
    '券'.repeat(21),
    '\0'.repeat(21),
  ])('is not %j', (text) => expect(readTypedCode(text).kind).toBe('NONE'));

  it('of many people is a shorter word, read as kindly', () => {
    expect(readTypedCode('welcome 10')).toEqual({ kind: 'WORD', word: 'WE1C0ME10' });
    expect(readTypedCode('We1c0me-1O')).toEqual({ kind: 'WORD', word: 'WE1C0ME10' });
  });
});
