/** Wires the room of erasures; nowhere else are its parts put together. */
import { EraseUser, type EraseUserParts } from './erase-user.js';
import { RunErasures, type EraseParts } from './run-erasures.js';

export interface Erasures {
  readonly eraseUser: EraseUser;
  readonly runErasures: RunErasures;
}

export function createErasures(
  parts: Omit<EraseUserParts, 'runs'> & Omit<EraseParts, 'sealer' | 'clock'>,
): Erasures {
  const runs = new RunErasures(parts);
  return { runErasures: runs, eraseUser: new EraseUser({ ...parts, runs }) };
}
