/**
 * The log: JSON lines on standard output.
 *
 * Promise: who reads the log cannot hold up who writes it. Lines are written as the reader takes them; when
 * it takes none, they wait up to a bound, and what is more is dropped and counted.
 */
import { constants, fstatSync, openSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { LOG_WAITING_BYTES_MAX } from './config/limits.js';

export interface Log {
  readonly logger: Logger;
  /** Lines that were dropped because nobody took them. */
  readonly dropped: () => number;
  /** From now on a reader that takes nothing is not waited for: the process is to end. */
  readonly endSoon: () => void;
}

export function createLog(level: string, base: Readonly<Record<string, string>>): Log {
  let dropped = 0;
  let isEnding = false;
  const destination = pino.destination({
    dest: standardOutput(),
    sync: false,
    maxLength: LOG_WAITING_BYTES_MAX,
    retryEAGAIN: () => !isEnding,
  });
  destination.on('drop', () => {
    dropped += 1;
  });
  // What a process writes when it exits: lines that nobody takes are lost then, and that is no fault.
  const flushSync = destination.flushSync.bind(destination);
  destination.flushSync = () => {
    try {
      flushSync();
    } catch {
      dropped += 1;
    }
  };
  // A pipe whose other end is gone must not end the service.
  destination.on('error', () => undefined);
  return {
    logger: pino({ level, base }, destination),
    dropped: () => dropped,
    endSoon: () => {
      isEnding = true;
    },
  };
}

/**
 * A pipe is opened once more so that a write to a full one fails at once: the one that was inherited blocks
 * a thread of the process, and the process itself when it ends.
 */
function standardOutput(): number {
  try {
    if (!fstatSync(1).isFIFO()) return 1;
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return 1;
  }
}
