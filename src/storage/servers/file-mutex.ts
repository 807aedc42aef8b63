/**
 * Mutual exclusion between processes of one machine, by files in a folder both can write.
 *
 * It survives a kill -9 of its owner: an owner that is no longer alive owns nothing. Each turn has
 * a number, `turn.1`, `turn.2`, ... and belongs to whoever could create the file of that number;
 * the newest is the one that counts. Owners leave their file behind, emptied, and only older ones
 * are removed: so the newest always exists, and a process that looked too long ago and takes a
 * number that was used before sees the newer one and steps back.
 */
import { randomUUID } from 'node:crypto';
import {
  linkSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, identifySelf, isAlive } from './process-identity.js';

const POLL_MS = 50;
const DRAFT_AGE_MAX_MS = 60_000;

export interface FileMutexOptions {
  /** Exists. */
  readonly folder: string;
  readonly waitMs: number;
  /** Called once when somebody else has it. */
  readonly onWait?: () => void;
}

export async function withFileMutex<T>(
  options: FileMutexOptions,
  action: () => Promise<T>,
): Promise<T> {
  const turn = await acquire(options);
  try {
    return await action();
  } finally {
    writeAtomically(options.folder, turn, '', 'replace');
  }
}

async function acquire({ folder, waitMs, onWait }: FileMutexOptions): Promise<number> {
  const self = JSON.stringify(identifySelf());
  const deadline = Date.now() + waitMs;
  for (let hasWaited = false; ;) {
    const newest = newestTurn(folder);
    if (newest === 0 || isFree(folder, newest)) {
      const mine = newest + 1;
      if (writeAtomically(folder, mine, self, 'create')) {
        if (newestTurn(folder) === mine) {
          sweep(folder, mine);
          return mine;
        }
        remove(folder, mine);
      }
      continue;
    }
    if (Date.now() > deadline)
      throw new Error(`another process has held ${folder} for ${waitMs / 1000} s`);
    if (!hasWaited) onWait?.();
    hasWaited = true;
    await sleep(POLL_MS);
  }
}

function turnsIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const match = /^turn\.(\d+)$/.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

function newestTurn(folder: string): number {
  return Math.max(0, ...turnsIn(folder));
}

function isFree(folder: string, turn: number): boolean {
  try {
    const owner = readFileSync(join(folder, `turn.${turn}`), 'utf8');
    return owner === '' || !isAlive(JSON.parse(owner) as ProcessIdentity);
  } catch {
    // Removed since we looked, so a newer one exists.
    return false;
  }
}

/** A file that appears with all its content or not at all; `create` fails where the turn is taken. */
function writeAtomically(
  folder: string,
  turn: number,
  content: string,
  how: 'create' | 'replace',
): boolean {
  const draft = join(folder, `draft.${randomUUID()}`);
  const target = join(folder, `turn.${turn}`);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    if (how === 'replace') renameSync(draft, target);
    else linkSync(draft, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Older turns, and drafts of processes that were killed while they wrote one. */
function sweep(folder: string, mine: number): void {
  turnsIn(folder)
    .filter((turn) => turn < mine)
    .forEach((turn) => remove(folder, turn));
  for (const draft of readdirSync(folder).filter((name) => name.startsWith('draft.'))) {
    const writtenAt =
      statSync(join(folder, draft), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - writtenAt > DRAFT_AGE_MAX_MS) rmSync(join(folder, draft), { force: true });
  }
}

function remove(folder: string, turn: number): void {
  rmSync(join(folder, `turn.${turn}`), { force: true });
}
