/**
 * How a code is written: an optional prefix, the batch's number (4 characters), the permuted number in the
 * batch (5), the check (12): `SUMMER-0G7K-4TZ8Q-9XWPRB-HM2E5C`. A code of many is a word of a person's own,
 * and shorter, so that nobody takes one kind for the other.
 *
 * A random text of this form is a code with a chance of (codes of the batch) / 2^85 where the batch is known:
 * under 2^-61 for ten million, the largest batch; with the batch guessed too, (codes of all batches) / 2^105.
 */
import { timingSafeEqual } from 'node:crypto';
import { asTyped, CROCKFORD, fromBase32, toBase32 } from '../../kernel/crockford.js';
import { CHECK_CHARACTERS, type CodeCipher } from './code-cipher.js';

export const BATCH_NO_LENGTH = 4;
/** Numbers that a batch may have: 0 to this, exclusive. */
export const BATCH_NUMBERS = 32 ** BATCH_NO_LENGTH;
const PERMUTED_LENGTH = 5;
const BODY_LENGTH = BATCH_NO_LENGTH + PERMUTED_LENGTH + CHECK_CHARACTERS;
export const PREFIX_LENGTH_MAX = 8;
/** One less than a coupon's own code has. */
export const WORD_LENGTH_MAX = 15;
const FORM = new RegExp(`^([0-9A-Z]{0,${PREFIX_LENGTH_MAX}})([${CROCKFORD}]{${BODY_LENGTH}})$`);
const WORD = new RegExp(`^[0-9A-Z]{1,${WORD_LENGTH_MAX}}$`);

/** A text that has the form of a code; whether it is one, the check says. */
export interface WrittenCode {
  /** As it is compared: see asTyped. */
  readonly prefix: string;
  readonly batchNo: string;
  readonly permuted: number;
  readonly check: string;
}

export type TypedCode =
  | { readonly kind: 'CODE'; readonly code: WrittenCode }
  /** Perhaps a code that many people may use. */
  | { readonly kind: 'WORD'; readonly word: string }
  | { readonly kind: 'NONE' };

export function readTypedCode(typed: string): TypedCode {
  const text = asTyped(typed);
  if (WORD.test(text)) return { kind: 'WORD', word: text };
  const [, prefix, body] = FORM.exec(text) ?? [];
  if (prefix === undefined || body === undefined) return { kind: 'NONE' };
  const permuted = body.slice(BATCH_NO_LENGTH, BATCH_NO_LENGTH + PERMUTED_LENGTH);
  const code = {
    prefix,
    batchNo: body.slice(0, BATCH_NO_LENGTH),
    permuted: fromBase32(permuted),
    check: body.slice(-CHECK_CHARACTERS),
  };
  return { kind: 'CODE', code };
}

/** Whether the check was made with this key: throws away a typing error or a guess without any lookup. */
export function isChecked(cipher: CodeCipher, code: WrittenCode): boolean {
  return areChecked(cipher, [code]);
}

/** The same of many codes of one batch, with one prefix: whether all are. */
export function areChecked(cipher: CodeCipher, codes: readonly WrittenCode[]): boolean {
  const [first] = codes;
  if (first === undefined) return true;
  const permuted = Uint32Array.from(codes, (code) => code.permuted);
  const made = cipher.checks(first.prefix, fromBase32(first.batchNo), permuted);
  return codes.every(({ check }, k) =>
    timingSafeEqual(Buffer.from(checkText(made, k).join('')), Buffer.from(check)),
  );
}

/** What a code says of its batch, in the order of the numbers. */
export interface CodeSeries {
  readonly cipher: CodeCipher;
  /** As it is shown. */
  readonly prefix: string;
  readonly batchNo: string;
}

/** `count` codes from number `from` on, as they are shown. */
export function writeCodes(
  { cipher, prefix, batchNo }: CodeSeries,
  from: number,
  count: number,
): string[] {
  const batchNumber = fromBase32(batchNo);
  const permuted = cipher.permute(batchNumber, from, count);
  const checks = cipher.checks(asTyped(prefix), batchNumber, permuted);
  const head = prefix === '' ? batchNo : `${prefix}-${batchNo}`;
  return Array.from(permuted, (value, k) => {
    const [first, second] = checkText(checks, k);
    return `${head}-${toBase32(value, PERMUTED_LENGTH)}-${first}-${second}`;
  });
}

/** The first sixty bits of block k in two halves of six characters. */
function checkText(blocks: Buffer, k: number): [string, string] {
  const at = k * 16;
  const high = blocks.readUInt32BE(at);
  const low = blocks.readUInt32BE(at + 4);
  return [toBase32(high >>> 2), toBase32(((high & 3) << 28) | (low >>> 4))];
}
