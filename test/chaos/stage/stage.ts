/** One scenario's own database, templates, customers and services, on the arena that all share. */
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp, type App } from '../../../src/app.js';
import { readConfig, type Role } from '../../../src/config/environment.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { connectDatabase, migrate } from '../../../src/storage/connect-database.js';
import type { Database } from '../../../src/storage/database.js';
import { connectRedis, type RedisStore } from '../../../src/storage/redis.js';
import { localSigner } from '../../../src/subgraph/token-keys.js';
import type { RulesInput } from '../../../src/template/rules/rules-input.js';
import { testCodeKeys, testSealer } from '../../kit/stores.js';
import { TestClock } from '../../kit/test-clock.js';
import { activeTemplate } from '../../kit/world.js';
import { Crew, type CrewOptions, type Life } from '../arena/crew.js';
import type { Arena } from '../arena/arena.js';
import { Customers } from '../client/customer.js';
import type { OrderAttempt, TemplateRecord } from '../history/history.types.js';

export interface Stage {
  readonly arena: Arena;
  /** Straight to the stores, past every proxy. */
  readonly database: Database;
  readonly redis: RedisStore;
  readonly mysqlUrl: string;
  /** A whole application in the runner, without HTTP: for set-up, not for load. */
  readonly app: App;
  readonly templates: TemplateRecord[];
  /** Ask the present crew, in turn, and write down what they saw. */
  readonly customers: Customers;
  readonly orders: OrderAttempt[];
  /** Set by a scenario in which Redis is built anew while customers claim; see CheckOptions. */
  isDisturbed: boolean;
  /** Of the present crew. */
  urls(): readonly string[];
  token(user: string, scope?: string): Promise<string>;
  /** Made the legal way. @returns its id */
  template(rules: Partial<RulesInput>): Promise<string>;
  /** For a service of this stage. */
  life(role: Role, env?: Readonly<Record<string, string>>, preload?: Life['preload']): Life;
  /** Starts services; the crew before is dismissed first. */
  hire(options: CrewOptions): Promise<Crew>;
  /** What was wrong with the processes of all crews. */
  surprises(): string[];
  close(): Promise<void>;
}

export async function openStage(arena: Arena): Promise<Stage> {
  const mysqlUrl = await arena.freshDatabase();
  const database = await connectDatabase(mysqlUrl);
  await migrate(database);
  const redis = connectRedis(arena.redisUrl());
  await redis.client.flushall();
  const baseEnv = {
    MYSQL_URL: mysqlUrl,
    REDIS_URL: arena.redisUrl(),
    DATA_DIR: join(arena.folder, 'data'),
    NODE_COMPILE_CACHE: join(arena.folder, 'compiled'),
  };
  const config = readConfig(baseEnv);
  const app = createApp({
    config,
    database,
    redis,
    sealer: testSealer(),
    codeKeys: testCodeKeys(),
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  const sign = await localSigner(config);
  const tokens = new Map<string, Promise<string>>();
  const templates: TemplateRecord[] = [];
  const crews: Crew[] = [];
  const token = (user: string, scope?: string) => {
    const name = `${user} ${scope}`;
    const signed = tokens.get(name) ?? sign({ sub: user, scope });
    tokens.set(name, signed);
    return signed;
  };
  const urls = () => crews.at(-1)?.urls() ?? [];
  const surprises = () => crews.flatMap((crew) => crew.surprises);

  return {
    arena,
    database,
    redis,
    mysqlUrl,
    app,
    templates,
    orders: [],
    isDisturbed: false,
    urls,
    customers: new Customers({ urls, token }),
    token,
    surprises,
    template: async (rules) => {
      const { id, rules: made } = await activeTemplate({ app, clock: new TestClock() }, rules);
      const { totalCount: total, perUserLimit } = made;
      templates.push({ templateId: id, total, perUserLimit });
      return id;
    },
    life: (role, env = {}, preload = []) => ({
      main: arena.service,
      env: { ...baseEnv, ROLE: role, ...env },
      preload,
    }),
    hire: async (options) => {
      await crews.at(-1)?.dismiss();
      const crew = new Crew(options);
      crews.push(crew);
      await crew.ready();
      return crew;
    },
    close: async () => {
      await crews.at(-1)?.dismiss();
      redis.close();
      await database.close();
    },
  };
}
