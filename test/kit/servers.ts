/** Real servers for all test files of a run: the project's own, under a folder of their own. */
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startServers } from '../../src/storage/servers/start-servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    mysqlUrl: string;
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startServers({
    dataDir: resolve('.data/test'),
    cacheDir: resolve('.cache/servers'),
    source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  project.provide('mysqlUrl', servers.mysqlUrl);
  project.provide('redisUrl', servers.redisUrl);
  return () => servers.stop();
}
