/**
 * What must be readable again but not by who reads the tables: AES-256-GCM, as
 * `v1.keyId.nonce.cipher.tag`, each of the last three in base64url.
 *
 * Promise: a sealed text opens only in the row and column it was sealed for, whole and unchanged, or not at
 * all. Several keys may be readable; the first seals. The nonce is random (96 bits), so a key is good for
 * 2^32 texts (NIST SP 800-38D, 8.3): replace it long before (`npm run rotate:keys`).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Place } from './sealed-columns.js';

export interface DataKey {
  /** 1 to 16 of a-z and 0-9; stands in every sealed text. */
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
}

/** MALFORMED: no sealed text. UNKNOWN_KEY: its key is not configured. NOT_AUTHENTIC: changed, or of another place. */
export type WhyClosed = 'MALFORMED' | 'UNKNOWN_KEY' | 'NOT_AUTHENTIC';

/** A sealed text that does not open. Names the key and the place, never the text. */
export class CannotOpen extends Error {
  constructor(
    readonly reason: WhyClosed,
    { table, column, rowId }: Place,
    keyId = '',
  ) {
    super(`${table}.${column} of ${rowId} does not open: ${reason} ${keyId}`.trimEnd());
    this.name = 'CannotOpen';
  }
}

const VERSION = 'v1';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([a-z0-9]{1,16})\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

export class Sealer {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  /** The id of the key that seals. */
  readonly currentKeyId: string;

  /** @param keys the first seals, all open */
  constructor(keys: readonly DataKey[]) {
    const [current] = keys;
    if (current === undefined) throw new Error('no key to seal with');
    this.currentKeyId = current.id;
    this.keys = new Map(keys.map(({ id, secret }) => [id, sealingKeyOf(secret)]));
  }

  seal(text: string, place: Place): string {
    const keyId = this.currentKeyId;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keys.get(keyId)!, nonce);
    cipher.setAAD(associatedData(keyId, place));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const parts = [nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url'));
    return [VERSION, keyId, ...parts].join('.');
  }

  /** @throws CannotOpen */
  open(sealed: string, place: Place): string {
    const [, keyId, nonce, body, tag] = SEALED.exec(sealed) ?? [];
    if (keyId === undefined) throw new CannotOpen('MALFORMED', place);
    const key = this.keys.get(keyId);
    if (key === undefined) throw new CannotOpen('UNKNOWN_KEY', place, keyId);
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(ALGORITHM, key, fromBase64(nonce), options);
    decipher.setAAD(associatedData(keyId, place));
    decipher.setAuthTag(fromBase64(tag));
    try {
      return Buffer.concat([decipher.update(fromBase64(body)), decipher.final()]).toString('utf8');
    } catch {
      throw new CannotOpen('NOT_AUTHENTIC', place, keyId);
    }
  }

  /** What every text of the current key begins with. */
  get currentPrefix(): string {
    return `${VERSION}.${this.currentKeyId}.`;
  }
}

/** Whether `text` has the form of a sealed text, of whatever key. */
export function isSealed(text: string): boolean {
  return SEALED.test(text);
}

/** A list, so that no two places are written alike. */
function associatedData(keyId: string, { table, column, rowId }: Place): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, table, column, rowId]));
}

/** Each purpose has a key of its own, derived from the secret that operators hand in. */
function sealingKeyOf(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `coupons ${ALGORITHM} ${VERSION}`, 32));
}

/** The last character of base64url has bits to spare: a text with any of them set is another text. */
function fromBase64(text = ''): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : Buffer.alloc(TAG_BYTES);
}
