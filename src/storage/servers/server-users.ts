/**
 * Who uses the servers of a data folder: they are stopped when the last user stops.
 *
 * A user that was killed never says goodbye, so the list holds process identities, and the dead
 * are left out whenever it is read. Callers hold the mutex of the state folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identifySelf, isAlive } from './process-identity.js';
import { writePrivately } from './server-record.js';

const usersShape = z.array(z.object({ pid: z.int().positive(), born: z.string(), id: z.string() }));
type Users = z.infer<typeof usersShape>;

/** `id` tells apart the several users one process may hold. */
export function addUser(stateDir: string, id: string): void {
  write(stateDir, [...liveUsers(stateDir), { ...identifySelf(), id }]);
}

export function removeUser(stateDir: string, id: string): void {
  write(
    stateDir,
    liveUsers(stateDir).filter((user) => user.id !== id),
  );
}

export function hasUsers(stateDir: string): boolean {
  return liveUsers(stateDir).length > 0;
}

function liveUsers(stateDir: string): Users {
  try {
    return usersShape
      .parse(JSON.parse(readFileSync(join(stateDir, 'users.json'), 'utf8')))
      .filter(isAlive);
  } catch {
    return [];
  }
}

function write(stateDir: string, users: Users): void {
  writePrivately(join(stateDir, 'users.json'), JSON.stringify(users));
}
