/** MySQL and Redis that are a bench's own, with data that goes when it ends, and tokens for its users. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config/environment.js';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { localSigner } from '../../src/subgraph/token-keys.js';

export interface OwnServers {
  readonly config: Config;
  /** For the processes of lanes, so that they use the same. */
  readonly env: Readonly<Record<string, string>>;
  readonly pids: { readonly mysql: number; readonly redis: number };
  /** @returns a file with one token a line, of user-0, user-1 … */
  tokensOf(users: number): Promise<string>;
  close(): Promise<void>;
}

export const progress = (line: string): void => void process.stderr.write(`${line}\n`);

export async function openOwnServers(
  bench: string,
  mysqlArgs: readonly string[] = [],
): Promise<OwnServers> {
  const dataDir = await mkdtemp(join(tmpdir(), `coupons-${bench}-`));
  const source = process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto';
  const cacheDir = '.cache/servers';
  const servers = await startServers({ dataDir, cacheDir, source, progress, mysqlArgs });
  const env = { DATA_DIR: dataDir, MYSQL_URL: servers.mysqlUrl, REDIS_URL: servers.redisUrl };
  const config = readConfig({ NODE_ENV: 'test', ...env });
  return {
    config,
    env,
    pids: { mysql: servers.pids.mysql!, redis: servers.pids.redis! },
    tokensOf: async (users) => {
      const sign = await localSigner(config);
      const subjects = Array.from({ length: users }, (_, i) => ({ sub: `user-${i}` }));
      const file = join(dataDir, 'tokens');
      await writeFile(file, (await Promise.all(subjects.map((who) => sign(who)))).join('\n'));
      return file;
    },
    close: async () => {
      await servers.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
