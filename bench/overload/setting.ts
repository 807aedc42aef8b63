/** What the run needs: own servers, the built service as a process, a template, tokens, and the generator. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { startServers } from '../../src/storage/servers/start-servers.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { verify } from '../../src/upkeep/verify.js';
import { startProcess, type ServiceProcess } from '../../test/kit/process.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';
import type { Job } from './generator.js';
import type { Report } from './tally.js';

const USERS = 5_000;

export interface Setting {
  readonly service: ServiceProcess;
  /** One round of load. */
  load(round: Pick<Job, 'connections' | 'seconds' | 'label'> & { rate?: number }): Promise<Report>;
  /** Resident memory of the service, in MB: now, and the most it ever was. */
  memory(): Promise<{ nowMb: number; mostMb: number }>;
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openSetting(): Promise<Setting> {
  const dataDir = await mkdtemp(join(tmpdir(), 'coupons-overload-'));
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const source = process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto';
  const servers = await startServers({ dataDir, cacheDir: '.cache/servers', source, progress });
  const env = { DATA_DIR: dataDir, MYSQL_URL: servers.mysqlUrl, REDIS_URL: servers.redisUrl };
  const config = readConfig({ NODE_ENV: 'test', ...env });
  const installation = await openInstallation(config, progress);
  const { database, redis, sealer, codeKeys } = installation;
  const log = pino({ level: 'silent' });
  const app = createApp({ config, database, redis, sealer, codeKeys, clock: systemClock, log });
  const { id: templateId } = await activeTemplate(
    { app, clock: new TestClock() },
    { totalCount: 50_000_000, perUserLimit: 100 },
  );
  const sign = await localSigner(config);
  const tokens = await Promise.all(
    Array.from({ length: USERS }, (_, i) => sign({ sub: `user-${i}` })),
  );
  const service = await startProcess(env);
  const { origin, pathname } = new URL(service.url);
  const generator = fork(new URL('generator.ts', import.meta.url), {
    execArgv: ['--import', '@oxc-node/core/register'],
    serialization: 'advanced',
  });
  return {
    service,
    load: async (round) => {
      const job: Job = { origin, path: pathname, tokens, templateId, ...round };
      generator.send(job);
      return nextReport(generator);
    },
    memory: async () => {
      const status = await readFile(`/proc/${service.child.pid}/status`, 'utf8');
      const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
      return { nowMb: Math.round(mb('VmRSS')), mostMb: Math.round(mb('VmHWM')) };
    },
    violations: async () => (await verify({ database, redis, clock: systemClock })).violations,
    close: async () => {
      generator.disconnect();
      await service.terminate();
      await installation.close();
      await servers.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function nextReport(generator: ChildProcess): Promise<Report> {
  const [report] = (await Promise.race([
    once(generator, 'message'),
    once(generator, 'exit').then(() => {
      throw new Error('the generator ended');
    }),
  ])) as [Report];
  return report;
}
