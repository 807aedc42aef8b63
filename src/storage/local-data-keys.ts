/**
 * The keys that seal data at rest, and those that codes are made with, where none are configured (never in
 * production): files of the installation's own under DATA_DIR, written as DATA_KEYS is.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataKey } from './seal.js';

/**
 * Reads the file, or makes it; of two processes that make it at once, the first to link wins for both.
 * @param name of the file
 * @param read as the environment reads DATA_KEYS
 */
export async function localDataKeys(
  dataDir: string,
  name: 'data-keys' | 'code-keys',
  read: (text: string) => readonly DataKey[],
): Promise<readonly DataKey[]> {
  const file = join(dataDir, name);
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== undefined) return read(present);
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `local:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return read(await readFile(file, 'utf8'));
}
