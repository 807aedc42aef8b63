/**
 * The two keyed functions that codes are made of: a permutation that hides a code's number in its batch, and
 * a check that nobody can make without the key.
 *
 * Promise: in one batch two numbers never have one code, because a permutation gives no value twice; and who
 * has seen any number of codes guesses another with a chance of 2^-60 a try for the check alone.
 *
 * Sources: the permutation is FF1 of NIST SP 800-38G (a Feistel network of ten rounds of AES) over five
 * characters of radix 32, with the batch's number for its tweak; the check is AES of one block, cut to 60 bits
 * (a pseudo-random function as long as far fewer than 2^64 blocks are asked for). Codes are made many at a
 * time, because the AES of a processor is quick and asking for it is slow.
 */
import { createCipheriv, hkdfSync, type Cipheriv } from 'node:crypto';

export const PERMUTED_BITS = 25;
export const CHECK_CHARACTERS = 12;

const BLOCK = 16;
const ROUNDS = 10;
/** FF1's two halves: two characters and three, of five bits each. */
const [LOW_MASK, HIGH_MASK, HIGH_BITS] = [0x3ff, 0x7fff, 15] as const;
/** [1, 2, 1], the radix in three bytes, the rounds, the shorter half; the length, the tweak's length. */
const FF1_HEADER = Buffer.from([1, 2, 1, 0, 0, 32, ROUNDS, 2, 0, 0, 0, 5, 0, 0, 0, 4]);

export class CodeCipher {
  private readonly permuting: Cipheriv;
  private readonly checking: Cipheriv;
  /** FF1's chain after its header, which is the same for every code. */
  private readonly chained: Buffer;

  /** @param secret 32 bytes; each of the two functions has a key of its own from it */
  constructor(secret: Uint8Array) {
    const aes = (purpose: string): Cipheriv => {
      const key = new Uint8Array(hkdfSync('sha256', secret, '', `coupon codes: ${purpose}`, 32));
      return createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    };
    this.permuting = aes('permutation');
    this.checking = aes('check');
    this.chained = this.permuting.update(FF1_HEADER);
  }

  /** The permuted values of `count` numbers of a batch from `from` on, each below 2^25. */
  permute(batchNumber: number, from: number, count: number): Uint32Array {
    let [left, right] = [new Uint32Array(count), new Uint32Array(count)];
    for (let k = 0; k < count; k += 1) {
      left[k] = (from + k) >>> HIGH_BITS;
      right[k] = (from + k) & HIGH_MASK;
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const drawn = this.draw(batchNumber, round, right);
      const mask = round % 2 === 0 ? LOW_MASK : HIGH_MASK;
      for (let k = 0; k < count; k += 1) left[k] = (left[k]! + drawn[k]!) & mask;
      [left, right] = [right, left];
    }
    return left.map((high, k) => ((high << HIGH_BITS) | right[k]!) >>> 0);
  }

  /** The number in the batch that `permuted` stands for. */
  restore(batchNumber: number, permuted: number): number {
    return this.restoreAll(batchNumber, Uint32Array.of(permuted))[0]!;
  }

  /** The same of many. */
  restoreAll(batchNumber: number, permuted: Uint32Array): Uint32Array {
    let [left, right] = [permuted.map((value) => value >>> HIGH_BITS), permuted.map(lowOf)];
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      const drawn = this.draw(batchNumber, round, left);
      const mask = round % 2 === 0 ? LOW_MASK : HIGH_MASK;
      for (let k = 0; k < permuted.length; k += 1) right[k] = (right[k]! - drawn[k]!) & mask;
      [left, right] = [right, left];
    }
    return left.map((high, k) => ((high << HIGH_BITS) | right[k]!) >>> 0);
  }

  /**
   * The checks of codes, one AES block each.
   * @param prefix at most eight characters of ASCII
   */
  checks(prefix: string, batchNumber: number, permuted: Uint32Array): Buffer {
    const blocks = Buffer.alloc(permuted.length * BLOCK);
    permuted.forEach((value, k) => {
      const at = k * BLOCK;
      blocks[at] = 1;
      blocks.writeUIntBE(batchNumber, at + 1, 3);
      blocks.writeUInt32BE(value, at + 4);
      blocks.write(prefix, at + 8, 'latin1');
    });
    return this.checking.update(blocks);
  }

  /** One round's values: AES of the chain and (tweak, zeros, round, half), of which the last 15 bits count. */
  private draw(batchNumber: number, round: number, halves: Uint32Array): Uint32Array {
    const template = Buffer.alloc(BLOCK);
    template.writeUInt32BE(batchNumber);
    template[13] = round;
    for (let i = 0; i < BLOCK; i += 1) template[i]! ^= this.chained[i]!;
    const blocks = Buffer.alloc(halves.length * BLOCK, template);
    for (let k = 0; k < halves.length; k += 1) {
      blocks[k * BLOCK + 14]! ^= halves[k]! >>> 8;
      blocks[k * BLOCK + 15]! ^= halves[k]! & 0xff;
    }
    const drawn = this.permuting.update(blocks);
    // FF1 reads the first eight bytes as a number and takes what is left of it below the half's size.
    return halves.map((_, k) => (drawn[k * BLOCK + 6]! << 8) | drawn[k * BLOCK + 7]!);
  }
}

function lowOf(value: number): number {
  return value & HIGH_MASK;
}
