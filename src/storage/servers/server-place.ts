import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from './server-record.js';

/** Where the servers of one data folder keep what, and the password they share. */
export interface ServerPlace {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly password: string;
}

export function makePlace(dataDir: string): Omit<ServerPlace, 'password'> {
  const place = { dataDir, stateDir: join(dataDir, 'servers'), logDir: join(dataDir, 'logs') };
  for (const folder of Object.values(place)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return place;
}

/** Random, made once for a data folder; of letters that need no quoting in a URL, in SQL or in a settings file. */
export function loadPassword(stateDir: string): string {
  const file = join(stateDir, 'password');
  try {
    const password = readFileSync(file, 'utf8').trim();
    if (/^[\w-]{16,}$/.test(password)) return password;
  } catch {
    // The first start.
  }
  const password = randomBytes(24).toString('base64url');
  writePrivately(file, password);
  return password;
}
