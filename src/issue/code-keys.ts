/**
 * The keys that codes are made with. The first makes the codes of new batches; every batch keeps the id of
 * the key it was made with, so a key must stay as long as codes of its batches are to be claimed.
 */
import { CodeCipher } from './rules/code-cipher.js';
import { isChecked, type WrittenCode } from './rules/code-text.js';

/** One key of CODE_KEYS. */
export interface CodeKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

export class CodeKeys {
  private readonly ciphers: ReadonlyMap<string, CodeCipher>;
  /** The key of new batches. */
  readonly currentId: string;

  constructor(keys: readonly CodeKey[]) {
    const [current] = keys;
    if (current === undefined) throw new Error('there is no key for codes');
    this.currentId = current.id;
    this.ciphers = new Map(keys.map(({ id, secret }) => [id, new CodeCipher(secret)]));
  }

  /** @throws where the key is no longer among the configured ones */
  cipherOf(keyId: string): CodeCipher {
    const cipher = this.ciphers.get(keyId);
    if (cipher === undefined) throw new Error(`CODE_KEYS has no key ${keyId} any more`);
    return cipher;
  }

  /** The key whose check the code bears; every key is tried, so that the time does not tell which. */
  checkedWith(code: WrittenCode): string | undefined {
    const made = [...this.ciphers].filter(([, cipher]) => isChecked(cipher, code));
    return made[0]?.[0];
  }
}
