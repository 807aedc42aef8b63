/**
 * One embedded server's way to running: adopt the one on record if it is ours, alive and answers
 * with our credentials; else end that one, and only that one, and start anew.
 *
 * Callers hold the mutex of the state folder, so no two processes decide at once.
 */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerBinary, ServerFlavour, ServerKind } from './examine-program.js';
import { isAlive } from './process-identity.js';
import { lastLines } from './run-command.js';
import { type ServerRecord, readRecord, startRecorded, stopRecorded } from './server-record.js';

/** `refused`: something answers there that is not ours or does not know our password. */
export type Answer = 'ready' | 'refused';

export interface EmbeddedServer {
  readonly kind: ServerKind;
  readonly recordFile: string;
  readonly logFile: string;
  readonly stopGraceMs: number;
  /** The flavour that wrote the data there is, if there is any: no other can be trusted to read it. */
  dataFlavour(): ServerFlavour | undefined;
  dataDir(flavour: ServerFlavour): string;
  /** Makes the data folder if there is none, and writes what the server reads at its start. */
  prepare(binary: ServerBinary, port: number): Promise<void>;
  args(binary: ServerBinary, port: number): readonly string[];
  /** Rejects if there is no answer, within a few seconds. */
  probe(server: { readonly port: number; readonly pid: number }): Promise<Answer>;
}

const READY_TIMEOUT_MS = 60_000;
/** A server left behind may still be recovering from its own crash. */
const ADOPT_TIMEOUT_MS = 15_000;
/** One that does not answer is not likely to listen to a request either. */
const REPLACE_GRACE_MS = 5_000;
const PROBE_PAUSE_MS = 50;
const PORT_ATTEMPTS = 3;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const LOG_LINES_SHOWN = 15;

export async function adoptServer(server: EmbeddedServer): Promise<ServerRecord | undefined> {
  const record = readRecord(server.recordFile);
  if (record === undefined || !isAlive(record)) return undefined;
  if ((await firstAnswer(server, record, ADOPT_TIMEOUT_MS)) === 'ready') return record;
  await stopRecorded(record, REPLACE_GRACE_MS);
  return undefined;
}

export async function startServer(
  server: EmbeddedServer,
  binary: ServerBinary,
): Promise<ServerRecord> {
  for (let attempt = 1; ; attempt += 1) {
    // The former port first, so that a client that knew it finds the new server there.
    const port = await freePort(attempt === 1 ? readRecord(server.recordFile)?.port : undefined);
    await server.prepare(binary, port);
    const logFrom = turnLog(server.logFile);
    const record = startRecorded(server.recordFile, {
      binary: binary.path,
      args: server.args(binary, port),
      env: binary.env,
      port,
      dataDir: server.dataDir(binary.flavour),
      logFile: server.logFile,
    });
    const answer = await firstAnswer(server, record, READY_TIMEOUT_MS);
    if (answer === 'ready') return record;
    await stopRecorded(record, REPLACE_GRACE_MS);
    const log = readFileSync(server.logFile).subarray(logFrom).toString('utf8');
    // Between our look and its bind somebody else may have taken the port.
    const isPortTaken = answer === 'refused' || /address already in use/i.test(log);
    if (isPortTaken && attempt < PORT_ATTEMPTS) continue;
    const what =
      answer === 'silent'
        ? `did not answer within ${READY_TIMEOUT_MS / 1000} s`
        : 'ended at its start';
    throw new Error(
      `${binary.path} ${what}; the end of ${server.logFile}:\n${lastLines(log, LOG_LINES_SHOWN)}`,
    );
  }
}

async function firstAnswer(
  server: EmbeddedServer,
  record: ServerRecord,
  timeoutMs: number,
): Promise<Answer | 'ended' | 'silent'> {
  for (
    const deadline = Date.now() + timeoutMs;
    Date.now() < deadline;
    await sleep(PROBE_PAUSE_MS)
  ) {
    if (!isAlive(record)) return 'ended';
    try {
      return await server.probe(record);
    } catch {
      // Not yet, or never: the deadline and the process tell.
    }
  }
  return 'silent';
}

async function freePort(preferred: number | undefined): Promise<number> {
  const port =
    (preferred === undefined ? undefined : await tryPort(preferred)) ?? (await tryPort(0));
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listener = createServer();
    listener.once('error', () => resolve(undefined));
    listener.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = listener.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      listener.close(() => resolve(taken));
    });
  });
}

/** Where the next lines of the log begin; a log that has grown large is put aside first. */
function turnLog(file: string): number {
  const descriptor = openSync(file, 'a', 0o600);
  const size = fstatSync(descriptor).size;
  closeSync(descriptor);
  if (size < LOG_BYTES_MAX) return size;
  renameSync(file, `${file}.1`);
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
