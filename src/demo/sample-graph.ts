/**
 * Brings up the sample graph: the service as a process, its neighbours, the service that sends notifications,
 * and the gateway as a process.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Config } from '../config/environment.js';
import type { Tab } from './gateway/create-gateway.js';
import type { ProvenService } from './gateway/sign-requests.js';
import { startNotifications, type Notifications } from './neighbours/notifications.js';
import { startNeighbours, type Neighbours } from './neighbours/start-neighbours.js';
import { endedEarly, freePort, launch, type Launched } from './processes.js';

export interface Stoppable {
  stop(): Promise<void>;
}

export interface SampleGraph {
  /** The service with the secret of its router: the demo's people ask it as the router would. */
  readonly service: ProvenService;
  readonly gatewayUrl: string;
  readonly neighbours: Neighbours['urls'];
  /** A neighbour that is told of events; it is nobody's endpoint yet. */
  readonly notifications: Notifications;
  /** Puts sample queries into the gateway's GraphiQL. */
  show(tabs: readonly Tab[]): void;
}

const GATEWAY_PORT = 4000;
/** Of pino's levels; the demo tells its own story, the service only what somebody must know. */
const WARN = 40;

/** Everything that was started is in `started`, at once, so that it can be stopped at any moment. */
export async function startSampleGraph(
  config: Config,
  started: Stoppable[],
  say: (line: string) => void,
): Promise<SampleGraph> {
  const routerSecret = randomBytes(32).toString('hex');
  const url = await startService(config, routerSecret, started, say);
  const service = { url, routerSecret };
  const neighbours = await startNeighbours(config, service);
  started.push(neighbours);
  const notifications = await startNotifications();
  started.push(notifications);
  const gateway = await launchGateway(routerSecret, { coupons: url, ...neighbours.urls });
  started.push(gateway);
  const [ready] = (await Promise.race([
    once(gateway.child, 'message'),
    endedEarly('the gateway', gateway),
  ])) as [{ url: string }];
  return {
    service,
    gatewayUrl: ready.url,
    neighbours: neighbours.urls,
    notifications,
    show: (tabs) => gateway.child.send({ tabs }),
  };
}

async function startService(
  config: Config,
  routerSecret: string,
  started: Stoppable[],
  say: (line: string) => void,
): Promise<string> {
  const port = await freePort(config.http.port);
  let isReady = false;
  let tellReady: () => void;
  const ready = new Promise<void>((resolve) => (tellReady = resolve));
  const service = launch('main.js', {
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      ROLE: 'all',
      LOG_LEVEL: 'info',
      ROUTER_SECRETS: routerSecret,
      // The notification service is on this machine, and speaks HTTP.
      WEBHOOK_TRUSTED_HOSTS: '127.0.0.1',
    },
    execArgv: ['--max-semi-space-size=64', '--use-largepages=silent'],
    onLine: (line) => {
      const { level, msg } = readLog(line);
      if (level >= WARN) say(line);
      else if (msg === 'ready') tellReady();
      else if (!isReady) say(msg);
    },
  });
  started.push(service);
  await Promise.race([ready, endedEarly('the service', service)]);
  isReady = true;
  return `http://127.0.0.1:${port}/graphql`;
}

function readLog(line: string): { level: number; msg: string } {
  try {
    return JSON.parse(line) as { level: number; msg: string };
  } catch {
    return { level: WARN, msg: line };
  }
}

async function launchGateway(
  routerSecret: string,
  urls: Readonly<Record<string, string>>,
): Promise<Launched> {
  const port = await freePort(GATEWAY_PORT);
  return launch('demo/gateway/main.js', {
    args: [JSON.stringify({ port, urls })],
    env: { ROUTER_SECRETS: routerSecret },
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
}
