/** A copy of the checkout to put a bug into; the checkout itself is only read. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the tests read beside the packages, which are linked. */
const COPIED = [
  'src',
  'test',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vitest.config.ts',
];
const LINKED = ['node_modules', '.cache'];
const CHECKOUT = resolve(import.meta.dirname, '../..');

export class WorkingCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'coupons-saboteurs-'));

  constructor() {
    for (const name of COPIED) this.copy(name);
    for (const name of LINKED) {
      mkdirSync(join(CHECKOUT, name), { recursive: true });
      symlinkSync(join(CHECKOUT, name), join(this.folder, name));
    }
  }

  /** @returns why it could not be applied; undefined: it is */
  apply(patch: string): string | undefined {
    const { status, stderr } = spawnSync('git', ['apply', resolve(patch)], {
      cwd: this.folder,
      encoding: 'utf8',
      // The copy is in no repository, also where the folder for temporary files is.
      env: { ...process.env, GIT_CEILING_DIRECTORIES: resolve(this.folder, '..') },
    });
    return status === 0 ? undefined : stderr.trim();
  }

  /** Sources as they are in the checkout. */
  restore(): void {
    this.copy('src');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private copy(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
    cpSync(join(CHECKOUT, name), join(this.folder, name), { recursive: true });
  }
}
