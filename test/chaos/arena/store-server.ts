/**
 * One store of the arena, MariaDB or Redis, that can be killed, stopped, frozen, emptied and started again
 * at the same address. It is started as the service starts its own servers.
 */
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type EmbeddedServer } from '../../../src/storage/servers/embedded-server.js';
import type { ServerBinary } from '../../../src/storage/servers/examine-program.js';
import { isAlive } from '../../../src/storage/servers/process-identity.js';
import { stopRecorded, type ServerRecord } from '../../../src/storage/servers/server-record.js';
import { adopt, signalOwn } from './own-processes.js';

/** How it is started from the next start on. Later arguments win over the service's own. */
export interface StoreSettings {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const PORT_TRIES_MAX = 20;
const PORT_PAUSE_MS = 250;

export class StoreServer {
  private record: ServerRecord | undefined;
  private settings: StoreSettings = {};
  private copies = 0;

  constructor(
    private readonly server: EmbeddedServer,
    private readonly binary: ServerBinary,
  ) {}

  get pid(): number {
    return this.running().pid;
  }

  get port(): number {
    if (this.record === undefined) throw new Error(`${this.server.kind} was never started`);
    return this.record.port;
  }

  get isUp(): boolean {
    return this.record !== undefined && isAlive(this.record);
  }

  get dataDir(): string {
    return this.server.dataDir(this.binary.flavour);
  }

  get logFile(): string {
    return this.server.logFile;
  }

  /** For the starts to come: `configure({ args: ['--appendfsync', 'always'] })`; nothing: as the service would. */
  configure(settings: StoreSettings = {}): void {
    this.settings = settings;
  }

  /** Does nothing if it runs. Resolves when it answers, at the address it had before. */
  async start(): Promise<void> {
    if (this.isUp) return;
    const { args = [], env = {} } = this.settings;
    const server: EmbeddedServer = {
      ...this.server,
      args: (binary, port) => [...this.server.args(binary, port), ...args],
    };
    const before = this.record?.port;
    const binary = { ...this.binary, env: { ...this.binary.env, ...env } };
    for (let tries = 1; ; tries += 1) {
      this.record = await startServer(server, binary);
      adopt(this.record.pid);
      if (before === undefined || before === this.record.port) return;
      if (tries === PORT_TRIES_MAX)
        throw new Error(`somebody took port ${before} of ${this.server.kind} while it was down`);
      // The outgoing end of some connection may have it for a moment: a client that tries to come back.
      await stopRecorded(this.record, this.server.stopGraceMs);
      this.record = { ...this.record, port: before };
      writeFileSync(this.server.recordFile, JSON.stringify(this.record));
      await sleep(PORT_PAUSE_MS);
    }
  }

  /** kill -9, and gone. */
  async kill(): Promise<void> {
    const record = this.running();
    signalOwn(record, 'SIGKILL');
    while (isAlive(record)) await sleep(5);
  }

  /** In good order. */
  async stop(): Promise<void> {
    if (this.record !== undefined) await stopRecorded(this.record, this.server.stopGraceMs);
  }

  /** SIGSTOP: it holds its sockets and answers nothing. */
  freeze(): void {
    signalOwn(this.running(), 'SIGSTOP');
  }

  thaw(): void {
    if (this.record !== undefined) signalOwn(this.record, 'SIGCONT');
  }

  /** What its files hold now, for replaceData; of a running Redis the end may be missing, as after a crash. */
  copyData(): string {
    const folder = `${this.dataDir}-copy-${(this.copies += 1)}`;
    cpSync(this.dataDir, folder, { recursive: true });
    return folder;
  }

  /** Only while it is down: its next start finds nothing. */
  empty(): void {
    this.mustBeDown();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Only while it is down: its next start finds the data of that folder, which is moved there. */
  replaceData(folder: string): void {
    this.empty();
    if (existsSync(folder)) renameSync(folder, this.dataDir);
  }

  private running(): ServerRecord {
    if (this.record === undefined || !this.isUp) throw new Error(`${this.server.kind} is down`);
    return this.record;
  }

  private mustBeDown(): void {
    if (this.isUp) throw new Error(`${this.server.kind} is running`);
  }
}
