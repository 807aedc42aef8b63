/** One Redis server in cluster mode, for tests: it can be killed and started again, empty, on its port. */
import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ServerBinary } from '../../src/storage/servers/examine-program.js';
import { endServer, freePort, spawnServer } from './own-server.js';

const START_WITHIN_MS = 20_000;

export class RedisNode {
  private shell: ChildProcess | undefined;
  private link: Redis | undefined;

  private constructor(
    private readonly binary: ServerBinary,
    private readonly configFile: string,
    readonly port: number,
    readonly busPort: number,
    private readonly password: string,
  ) {}

  static async start(binary: ServerBinary, folder: string, password: string): Promise<RedisNode> {
    const [port, busPort] = [await freePort(), await freePort()];
    const dir = join(folder, String(port));
    await mkdir(dir, { recursive: true });
    const configFile = join(dir, 'redis.conf');
    await writeFile(configFile, configOf(dir, port, busPort, password));
    const node = new RedisNode(binary, configFile, port, busPort, password);
    await node.run();
    return node;
  }

  /** A connection for the test's own commands. */
  get client(): Redis {
    this.link ??= new Redis(this.port, '127.0.0.1', {
      password: this.password,
      lazyConnect: true,
      commandTimeout: 5_000,
      retryStrategy: () => null,
    }).on('error', () => undefined);
    return this.link;
  }

  /** Starts it, or starts it again: with its place in the cluster, and without any data. */
  async run(): Promise<void> {
    this.shell = spawnServer(this.binary, [this.configFile]);
    for (const untilMs = Date.now() + START_WITHIN_MS; Date.now() < untilMs; await sleep(25)) {
      const answer = await this.client.ping().catch(() => undefined);
      if (answer === 'PONG') return;
      this.forgetLink();
    }
    throw new Error(`a Redis node did not start on port ${this.port}`);
  }

  /** kill -9, and gone. */
  async kill(): Promise<void> {
    this.forgetLink();
    await endServer(this.shell);
  }

  private forgetLink(): void {
    this.link?.disconnect();
    this.link = undefined;
  }
}

function configOf(dir: string, port: number, busPort: number, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `cluster-port ${busPort}`,
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    // Long enough that a busy machine makes no node look dead.
    'cluster-node-timeout 8000',
    // The other masters go on when one is gone.
    'cluster-require-full-coverage no',
    // A test says itself which replica takes over.
    'cluster-replica-no-failover yes',
    `requirepass ${password}`,
    `masterauth ${password}`,
    `dir ${JSON.stringify(dir)}`,
    'appendonly no',
    'save ""',
    'repl-diskless-sync-delay 0',
    'maxmemory-policy noeviction',
  ].join('\n');
}
