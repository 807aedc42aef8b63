/**
 * Starts a server so that it is on record before it runs, and stops exactly the one on record.
 *
 * A start is in two steps: a shell that waits for one line is started and recorded, then told to
 * become the server (exec keeps its pid and start time). A parent killed in between leaves a shell
 * that reads the end of its input and goes, never a server nobody knows of. The record survives a
 * stop, because the next start likes to have the same port again.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isAlive } from './process-identity.js';

const recordShape = z.object({
  pid: z.int().positive(),
  born: z.string(),
  port: z.int().positive(),
  binary: z.string(),
  dataDir: z.string(),
});
export type ServerRecord = z.infer<typeof recordShape>;

export interface ServerCommand {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly dataDir: string;
  readonly logFile: string;
}

const POLL_MS = 25;

export function readRecord(file: string): ServerRecord | undefined {
  try {
    return recordShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None yet, or not one of ours: then there is nothing we may touch.
    return undefined;
  }
}

export function startRecorded(file: string, command: ServerCommand): ServerRecord {
  const log = openSync(command.logFile, 'a', 0o600);
  const child = spawn(
    '/bin/sh',
    ['-c', 'read -r go && exec "$@" < /dev/null', 'sh', command.binary, ...command.args],
    {
      cwd: command.dataDir,
      env: { ...inherited(), ...command.env, LC_ALL: 'C.UTF-8' },
      // A session of its own: Ctrl-C in the terminal must reach us first, so that we can drain before the servers go.
      detached: true,
      stdio: ['pipe', log, log],
    },
  );
  closeSync(log);
  child.on('error', () => undefined);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) throw new Error(`cannot start ${command.binary}`);
  const { port, binary, dataDir } = command;
  const record: ServerRecord = { ...identity, port, binary, dataDir };
  writePrivately(file, JSON.stringify(record, undefined, 2));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end('go\n');
  child.unref();
  return record;
}

/** The rest of our environment is not theirs: it holds our secrets, and settings they would obey. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((name) =>
      process.env[name] ? [[name, process.env[name]]] : [],
    ),
  );
}

/** Asks it to end, waits, then insists. Returns when it is gone; does nothing if it already was. */
export async function stopRecorded(record: ServerRecord, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 10_000],
  ] as const) {
    if (!isAlive(record)) return;
    try {
      process.kill(record.pid, signal);
    } catch {
      // It ended between the two lines.
      return;
    }
    for (const deadline = Date.now() + waitMs; isAlive(record) && Date.now() < deadline;)
      await sleep(POLL_MS);
  }
}

/** Readable by us alone, and never seen half written. */
export function writePrivately(file: string, content: string): void {
  writeFileSync(`${file}.new`, `${content}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
