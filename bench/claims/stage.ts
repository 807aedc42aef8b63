/** What the rounds are played on: own servers, every lane's process, tokens, and templates, a new one for each round. */
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { openInstallation } from '../../src/installation.js';
import { systemClock } from '../../src/kernel/clock.js';
import { verifyPatiently } from '../../src/tools/verify-patiently.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate } from '../../test/kit/world.js';
import { startLane, stopLane, type Address } from '../kit/lane.js';
import { openOwnServers, progress } from '../kit/own-servers.js';

export type ServiceLane = 'durable' | 'statements' | 'constant' | 'forUpdate' | 'afterRedis';

const USERS = 10_000;
/** Of each user in a round: more than the fastest round gives. */
const PER_USER = 25;

export interface Stage {
  readonly servers: Readonly<Record<ServiceLane | 'standalone' | 'echo', Address>>;
  /** A file with the tokens of all users. */
  readonly tokens: string;
  readonly pids: { readonly mysql: number; readonly redis: number };
  /** @returns the id of a template with so many coupons */
  template(totalCount: number): Promise<string>;
  issued(templateId: string): Promise<number>;
  /** What verify says of this template is not wanted. */
  pardon(templateId: string): void;
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const here = (file: string) => new URL(file, import.meta.url);

export async function openStage(): Promise<Stage> {
  const servers = await openOwnServers('claims');
  const { config, env } = servers;
  const installation = await openInstallation(config, progress);
  const { database, redis, sealer, codeKeys } = installation;
  const app = createApp({
    config,
    database,
    redis,
    sealer,
    codeKeys,
    clock: systemClock,
    log: pino({ level: 'warn' }),
  });
  const tokens = await servers.tokensOf(USERS);
  // All users of a bench share one address, so only their devices are counted.
  const service = await startLane(here('service-lane.ts'), {
    ...env,
    CLAIMS_PER_NETWORK_PER_HOUR: '0',
  });
  const standalone = await startLane(here('standalone-lane.ts'), env);
  const echo = await startLane(here('echo-lane.ts'));
  const pardoned = new Set<string>();
  return {
    servers: {
      ...(service.ready as Record<ServiceLane, Address>),
      standalone: standalone.ready as Address,
      echo: echo.ready as Address,
    },
    tokens,
    pids: servers.pids,
    template: async (totalCount) => {
      const rules = { totalCount, perUserLimit: PER_USER };
      return (await activeTemplate({ app, clock: new TestClock() }, rules)).id;
    },
    issued: async (templateId) => {
      const [row] = await database.rows('SELECT issued FROM template WHERE id = ?', [templateId]);
      return Number(row!['issued']);
    },
    pardon: (templateId) => void pardoned.add(templateId),
    violations: async () => {
      const { violations } = await verifyPatiently(installation);
      return violations.filter((line) => ![...pardoned].some((id) => line.includes(id)));
    },
    close: async () => {
      for (const { child } of [service, standalone, echo]) await stopLane(child);
      await installation.close();
      await servers.close();
    },
  };
}
