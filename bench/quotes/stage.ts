/** What the rounds are played on: own servers, a thousand wallets of ten coupons, and the service that is asked. */
import { composeApp } from '../kit/serve.js';
import type { App } from '../../src/app.js';
import { openInstallation } from '../../src/installation.js';
import { verify } from '../../src/upkeep/verify.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';
import { TestClock } from '../../test/kit/test-clock.js';
import { activeTemplate, claim } from '../../test/kit/world.js';
import { startLane, stopLane, type Address } from '../kit/lane.js';
import { openOwnServers, progress } from '../kit/own-servers.js';

export type ServiceLane = 'quote' | 'constant' | 'cached';

const USERS = 1_000;
const COUPONS = 10;

export interface Stage {
  readonly servers: Readonly<Record<ServiceLane, Address>>;
  /** A file with the tokens of all users. */
  readonly tokens: string;
  readonly pids: { readonly mysql: number; readonly redis: number };
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const servers = await openOwnServers('quotes');
  // All users of a bench share one address.
  const env = { ...servers.env, CLAIMS_PER_NETWORK_PER_HOUR: '0' };
  const config = { ...servers.config, claimsPerNetworkPerHour: 0 };
  const installation = await openInstallation(config, progress);
  const { database, redis } = installation;
  await fillWallets(composeApp(config, installation));
  const service = await startLane(new URL('service-lane.ts', import.meta.url), env);
  return {
    servers: service.ready as Record<ServiceLane, Address>,
    tokens: await servers.tokensOf(USERS),
    pids: servers.pids,
    violations: async () => (await verify({ database, redis, clock: systemClock })).violations,
    close: async () => {
      await stopLane(service.child);
      await installation.close();
      await servers.close();
    },
  };
}

async function fillWallets(app: App): Promise<void> {
  for (let kind = 0; kind < COUPONS; kind += 1) {
    const rules = { ...rulesOf(kind), totalCount: USERS };
    const { id } = await activeTemplate({ app, clock: new TestClock() }, rules);
    const claims = Array.from({ length: USERS }, (_, user) => claim({ app }, id, `user-${user}`));
    const refused = (await Promise.all(claims)).find(({ couponId }) => couponId === null);
    if (refused !== undefined) throw new Error(`a wallet could not be filled: ${refused.code}`);
  }
  await app.committer.drain();
}

/** Cuts and percentages, on everything and on a category; some stand alone. */
function rulesOf(kind: number): Partial<RulesInput> {
  return {
    stackStrategy: kind % 4 === 0 ? 'NONE' : 'ALL',
    scope: kind % 2 === 0 ? null : { includeCategories: [`C${kind % 3}`] },
    ...(kind % 3 === 0 ? { type: 'DISCOUNT', tiers: null, rate: `0.${95 - kind}` } : {}),
  };
}
