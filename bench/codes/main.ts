/**
 * Ten million codes of one batch: all distinct, all valid, how quickly, in how much memory; and a million
 * guesses at them. `npm run bench:codes`, or with fewer: `npm run bench:codes -- --codes 1000000`.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CodeCipher, PERMUTED_BITS } from '../../src/issue/rules/code-cipher.js';
import {
  areChecked,
  isChecked,
  readTypedCode,
  writeCodes,
} from '../../src/issue/rules/code-text.js';
import { CROCKFORD, fromBase32 } from '../../src/kernel/crockford.js';

const { values } = parseArgs({
  options: {
    codes: { type: 'string', default: '10000000' },
    guesses: { type: 'string', default: '1000000' },
  },
});
const [total, guesses] = [Number(values.codes), Number(values.guesses)];
const PAGE = 4_096;
const series = { cipher: new CodeCipher(randomBytes(32)), prefix: '', batchNo: '7K3M' };

function perSecond(count: number, sinceMs: number): string {
  const seconds = (performance.now() - sinceMs) / 1_000;
  return `${Math.round(count / seconds).toLocaleString('en')} a second`;
}

/** One bit for each value that a code's number can be permuted to: a second code of one value is seen. */
function generate(): void {
  const seen = new Uint8Array(2 ** (PERMUTED_BITS - 3));
  let [distinct, peak] = [0, 0];
  const beganMs = performance.now();
  for (let from = 0; from < total; from += PAGE) {
    for (const code of writeCodes(series, from, Math.min(PAGE, total - from))) {
      const permuted = fromBase32(code.slice(5, 10));
      const bit = 1 << (permuted & 7);
      if ((seen[permuted >>> 3]! & bit) === 0) distinct += 1;
      seen[permuted >>> 3]! |= bit;
    }
    if (from % (PAGE * 256) === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  console.log(`${total} codes: ${distinct} distinct, ${perSecond(total, beganMs)}`);
  console.log(`memory at most ${Math.round(peak / 2 ** 20)} MB, of which 4 MB say what was seen`);
  if (distinct !== total) process.exitCode = 1;
}

/** Every code is written, read as a person types it, checked, and restored to its number. */
function validate(): void {
  const beganMs = performance.now();
  const batchNumber = fromBase32(series.batchNo);
  let valid = 0;
  for (let from = 0; from < total; from += PAGE) {
    const codes = writeCodes(series, from, Math.min(PAGE, total - from)).flatMap((text) => {
      const typed = readTypedCode(text);
      return typed.kind === 'CODE' ? [typed.code] : [];
    });
    if (!areChecked(series.cipher, codes)) continue;
    const permuted = Uint32Array.from(codes, (code) => code.permuted);
    series.cipher.restoreAll(batchNumber, permuted).forEach((serial, k) => {
      if (serial === from + k) valid += 1;
    });
  }
  const tookS = Math.round((performance.now() - beganMs) / 1_000);
  console.log(
    `${total} written, read, checked and restored: ${valid} valid, in ${tookS} s, ${perSecond(total, beganMs)}`,
  );
  if (valid !== total) process.exitCode = 1;
}

/** The batch is known and the form is kept: 85 bits are guessed. */
function guess(): void {
  const beganMs = performance.now();
  const random = randomBytes(17 * guesses);
  let hits = 0;
  for (let at = 0; at < random.length; at += 17) {
    let text = series.batchNo;
    for (let i = 0; i < 17; i += 1) text += CROCKFORD[random[at + i]! & 31]!;
    const read = readTypedCode(text);
    if (read.kind === 'CODE' && isChecked(series.cipher, read.code)) hits += 1;
  }
  const expected = (guesses * 2 ** -60).toExponential(1);
  console.log(
    `${guesses} guesses: ${hits} pass the check (${expected} expected), ${perSecond(guesses, beganMs)}`,
  );
  if (hits > 0) process.exitCode = 1;
}

generate();
validate();
guess();
