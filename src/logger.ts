/**
 * The log: JSON lines on standard output.
 *
 * Promise: who reads the log cannot hold up who writes it. Lines are written as the reader takes them; when
 * it takes none, they wait up to a bound, and what is more is dropped and counted. And no line has a secret
 * or names a person: each is masked as it is about to be written, whoever wrote it.
 */
import { constants, fstatSync, openSync } from 'node:fs';
import { pino, type Logger, type LoggerOptions } from 'pino';
import { LOG_WAITING_BYTES_MAX } from './config/limits.js';
import { pseudonym } from './guard/rules/pseudonyms.js';
import { describeError } from './kernel/describe-error.js';
import { maskFields, type PseudonymOf } from './kernel/mask-fields.js';

export interface Log {
  readonly logger: Logger;
  /** Lines that were dropped because nobody took them. */
  readonly dropped: () => number;
  /** From now on a reader that takes nothing is not waited for: the process is to end. */
  readonly endSoon: () => void;
}

/** @param key of the pseudonyms of users and orders */
export function createLog(level: string, base: Readonly<Record<string, string>>, key: string): Log {
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
    logger: pino({ ...logOptions(level, key), base }, destination),
    dropped: () => dropped,
    endSoon: () => {
      isEnding = true;
    },
  };
}

/**
 * The options of a log whose lines are masked. Pino's own `redact` knows only paths that are written out;
 * here a name is looked for at any depth, and what has no name is found by what it looks like.
 * @param key of the pseudonyms of users and orders
 */
export function logOptions(level: string, key: string): LoggerOptions {
  const pseudonymOf = pseudonymsBy(key);
  return {
    level,
    serializers: { err: (error: unknown) => describeError(error) },
    hooks: { streamWrite: (line) => maskLine(line, pseudonymOf) },
  };
}

/** 60 bits: of a billion users no two are likely to share one in a day's log. */
const PSEUDONYM_LENGTH = 10;

/** As the log names users and orders; of a user it is the beginning of the guard's own pseudonym. */
export function pseudonymsBy(key: string): PseudonymOf {
  return (kind, id) => `${kind[0]}_${pseudonym(key, kind, id).slice(0, PSEUDONYM_LENGTH)}`;
}

function maskLine(line: string, pseudonymOf: PseudonymOf): string {
  try {
    return `${JSON.stringify(maskFields(JSON.parse(line), pseudonymOf))}\n`;
  } catch {
    return '{"level":50,"msg":"a line that could not be masked"}\n';
  }
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
