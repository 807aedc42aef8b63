/** A real Redis Cluster of the project's own server programs: three masters, and a replica of each if asked for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'ioredis';
import { provideBinaries } from '../../src/storage/servers/provide-binaries.js';
import { redisServer } from '../../src/storage/servers/redis-server.js';
import { RedisNode } from './redis-node.js';

const MASTERS = 3;
const SLOTS = 16_384;
const AGREED_WITHIN_MS = 40_000;
const PASSWORD = 'a-password-of-the-cluster';

export interface TestCluster {
  /** As REDIS_URL names it. */
  readonly url: string;
  readonly masters: readonly RedisNode[];
  /** Of the master at the same place; empty unless asked for. */
  readonly replicas: readonly RedisNode[];
  /** Which master had the key when the cluster was made. */
  homeOf(key: string): number;
  /** Moves the slot of `key` with all that is in it, key by key; `between` runs while it is half moved. */
  moveSlot(key: string, to: number, between?: () => Promise<unknown>): Promise<void>;
  /** The replica becomes the master, whatever the old one is doing; until every node that lives knows. */
  promote(place: number): Promise<void>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisCluster({ withReplicas = false } = {}): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'coupons-cluster-'));
  const nodes: RedisNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const binary = await redisBinary(folder);
    for (let i = 0; i < MASTERS * (withReplicas ? 2 : 1); i += 1) {
      nodes.push(await RedisNode.start(binary, folder, PASSWORD));
    }
    await formCluster(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const masters = nodes.slice(0, MASTERS);
  const replicas = nodes.slice(MASTERS);
  return {
    url: masters.map(({ port }) => `redis://:${PASSWORD}@127.0.0.1:${port}`).join(','),
    masters,
    replicas,
    homeOf: (key) => masters.findIndex((_, i) => slotOf(key) < firstSlot(i + 1)),
    moveSlot: (key, to, between) => moveSlot(masters, slotOf(key), to, between),
    promote: (place) => promote(nodes, replicas[place]!),
    flush: async () => {
      await Promise.all(masters.map(({ client }) => client.flushall()));
    },
    stop,
  };
}

async function redisBinary(folder: string) {
  const place = { dataDir: folder, stateDir: folder, logDir: folder, password: PASSWORD };
  const binaries = await provideBinaries([redisServer(place)], {
    cacheDir: resolve('.cache/servers'),
    source: process.env['SERVERS'] === 'fetch' ? 'fetch' : 'auto',
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  return binaries.get('redis')!;
}

async function formCluster(nodes: readonly RedisNode[]): Promise<void> {
  const masters = nodes.slice(0, MASTERS);
  await Promise.all(
    masters.map(async ({ client }, i) => {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
      await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot(i), firstSlot(i + 1) - 1);
    }),
  );
  for (const { port, busPort } of nodes.slice(1)) {
    await nodes[0]!.client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
  await until(async () => {
    const infos = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')));
    return infos.every((info) => info.includes(`cluster_known_nodes:${nodes.length}`));
  });
  const ids = await Promise.all(masters.map(({ client }) => client.cluster('MYID')));
  await Promise.all(
    nodes.slice(MASTERS).map(({ client }, i) => client.cluster('REPLICATE', ids[i]!)),
  );
  await until(async () => {
    const [infos, links] = await Promise.all([
      Promise.all(nodes.map(({ client }) => client.cluster('INFO'))),
      Promise.all(nodes.slice(MASTERS).map(({ client }) => client.info('replication'))),
    ]);
    const isWhole = infos.every((info) => /cluster_state:ok[^]*slots_ok:16384/.test(info));
    return isWhole && links.every((link) => link.includes('master_link_status:up'));
  });
}

/** As an operator's tool does it: both sides are told, the keys go one by one, then the slot has a new owner. */
async function moveSlot(
  masters: readonly RedisNode[],
  slot: number,
  to: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const ids = await Promise.all(masters.map(({ client }) => client.cluster('MYID')));
  const from = masters.findIndex((_, i) => slot < firstSlot(i + 1));
  const [source, target] = [masters[from]!, masters[to]!];
  await target.client.cluster('SETSLOT', slot, 'IMPORTING', ids[from]!);
  await source.client.cluster('SETSLOT', slot, 'MIGRATING', ids[to]!);
  for (let moved = 0; ; moved += 1) {
    const [key] = await source.client.cluster('GETKEYSINSLOT', slot, 1);
    if (key === undefined) break;
    const to_ = ['127.0.0.1', target.port, '', 0, 5_000] as const;
    await source.client.call('MIGRATE', ...to_, 'AUTH', PASSWORD, 'KEYS', key);
    if (moved === 0) await between();
  }
  await target.client.cluster('SETSLOT', slot, 'NODE', ids[to]!);
  await source.client.cluster('SETSLOT', slot, 'NODE', ids[to]!);
}

async function promote(nodes: readonly RedisNode[], replica: RedisNode): Promise<void> {
  const id = await replica.client.cluster('MYID');
  await replica.client.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
  await until(async () => {
    const views = await Promise.all(
      nodes.map(({ client }) => client.cluster('NODES').catch(() => undefined)),
    );
    const lines = views.map((view) =>
      String(view)
        .split('\n')
        .find((line) => line.startsWith(id)),
    );
    return views.every((view, i) => view === undefined || lines[i]?.includes('master'));
  });
}

function slotOf(key: string): number {
  return new Command('get', [key]).getSlot();
}

function firstSlot(place: number): number {
  return Math.floor((SLOTS * place) / MASTERS);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const untilMs = Date.now() + AGREED_WITHIN_MS; Date.now() < untilMs; await sleep(50)) {
    if (await isSo()) return;
  }
  throw new Error('the cluster did not agree in time');
}
