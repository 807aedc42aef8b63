/**
 * A primary that writes a binary log and a replica that follows it: the project's own server programs, in
 * folders and on ports of their own. Only MariaDB is driven here; its statements of replication are its own.
 */
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { ServerBinary } from '../../src/storage/servers/examine-program.js';
import { MYSQL_DATABASE, MYSQL_USER, mysqlServer } from '../../src/storage/servers/mysql-server.js';
import { provideBinaries } from '../../src/storage/servers/provide-binaries.js';
import { endServer, freePort, spawnServer } from './own-server.js';

const PASSWORD = 'a-password-of-the-pair';
const START_WITHIN_MS = 60_000;

export class MysqlNode {
  private shell: ChildProcess | undefined;

  private constructor(
    private readonly binary: ServerBinary,
    private readonly args: readonly string[],
    readonly port: number,
  ) {}

  static async start(folder: string, id: number, more: readonly string[]): Promise<MysqlNode> {
    const place = {
      dataDir: join(folder, String(id)),
      stateDir: join(folder, String(id), 'state'),
      logDir: join(folder, String(id), 'log'),
      password: PASSWORD,
    };
    for (const dir of Object.values(place).slice(0, 3)) mkdirSync(dir, { recursive: true });
    const server = mysqlServer(place);
    const binaries = await provideBinaries([server], {
      cacheDir: resolve('.cache/servers'),
      source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
      progress: () => undefined,
    });
    const binary = binaries.get('mysql')!;
    if (binary.flavour !== 'mariadb') throw new Error('the pair is of MariaDB');
    const port = await freePort();
    await server.prepare(binary, port);
    // What a test does to a server: replicate, stop replicating.
    const grant = `\nGRANT ALL ON *.* TO '${MYSQL_USER}'@'127.0.0.1';\n`;
    appendFileSync(join(place.stateDir, 'mysql-access.sql'), grant);
    const args = [...server.args(binary, port), `--server-id=${id}`, ...more];
    const node = new MysqlNode(binary, args, port);
    await node.run();
    return node;
  }

  get url(): string {
    return `mysql://${MYSQL_USER}:${PASSWORD}@127.0.0.1:${this.port}/${MYSQL_DATABASE}`;
  }

  /** Starts it, or starts it again on what it had. */
  async run(): Promise<void> {
    this.shell = spawnServer(this.binary, this.args);
    for (const untilMs = Date.now() + START_WITHIN_MS; Date.now() < untilMs; await sleep(50)) {
      const answer = await this.command('SELECT 1').catch(() => undefined);
      if (answer !== undefined) return;
    }
    throw new Error(`a MySQL server did not start on port ${this.port}`);
  }

  /** A statement of the test's own. */
  async command(sql: string): Promise<Record<string, unknown>[]> {
    const connection = await createConnection({ uri: this.url, connectTimeout: 2_000 });
    try {
      const [rows] = await connection.query(sql);
      return rows as Record<string, unknown>[];
    } finally {
      connection.destroy();
    }
  }

  /** kill -9, and gone. */
  kill(): Promise<void> {
    return endServer(this.shell);
  }
}

export interface MysqlPair {
  readonly primary: MysqlNode;
  readonly replica: MysqlNode;
  /** Until the replica has what the primary has now. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMysqlPair(): Promise<MysqlPair> {
  const folder = mkdtempSync(join(tmpdir(), 'coupons-pair-'));
  const nodes: MysqlNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    nodes.push(await MysqlNode.start(folder, 1, [`--log-bin=${join(folder, 'binary-log')}`]));
    nodes.push(await MysqlNode.start(folder, 2, [`--relay-log=${join(folder, 'relay-log')}`]));
    const [primary, replica] = nodes as [MysqlNode, MysqlNode];
    await replica.command(
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${primary.port},
       MASTER_USER = '${MYSQL_USER}', MASTER_PASSWORD = '${PASSWORD}', MASTER_USE_GTID = slave_pos,
       MASTER_CONNECT_RETRY = 1`,
    );
    await replica.command('START SLAVE');
    const caughtUp = async (): Promise<void> => {
      const [row] = await primary.command('SELECT @@gtid_binlog_pos AS position');
      await replica.command(`SELECT MASTER_GTID_WAIT('${String(row!['position'])}', 30)`);
    };
    await caughtUp();
    return { primary, replica, caughtUp, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
