/**
 * What a run started, so that it leaves nothing behind: at the end of the runner, whatever ends it, every
 * one of these is killed, and nothing else is. Pids alone are reused, so whole identities are kept.
 */
import {
  identify,
  isAlive,
  type ProcessIdentity,
} from '../../../src/storage/servers/process-identity.js';

const own = new Map<number, ProcessIdentity>();

/** @returns its identity; undefined where it is gone already */
export function adopt(pid: number): ProcessIdentity | undefined {
  const identity = identify(pid);
  if (identity !== undefined) own.set(pid, identity);
  return identity;
}

/** Sends a signal to exactly that process. @returns whether it was there */
export function signalOwn(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // It ended between the two lines.
  }
}

export function endAllAtExit(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => process.exit(code));
  process.on('exit', () => {
    for (const identity of own.values()) signalOwn(identity, 'SIGKILL');
  });
}
