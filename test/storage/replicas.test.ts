/** Reads by replicas: never older than the question, whatever becomes of replication. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { readPage } from '../../src/graph/paging.js';
import { connectDatabase, connectReplica } from '../../src/storage/connect-database.js';
import type { Database } from '../../src/storage/database.js';
import { DatabaseUnavailable } from '../../src/storage/database-errors.js';
import { REPLICA_TIMES } from '../../src/storage/replica.js';
import { Replicas, type ReplicasObserver } from '../../src/storage/replicas.js';
import { startMysqlProxy } from '../kit/mysql-proxy.js';
import { startMysqlPair, type MysqlPair } from '../kit/mysql-pair.js';
import { startProcess } from '../kit/process.js';
import { openStores, type OwnStores } from '../kit/stores.js';
import { activeTemplate, callerOf, claim, openWorld, operator, type World } from '../kit/world.js';

/** On a busy machine a replica that works is waited for, however long it takes. */
const PATIENT = { ...REPLICA_TIMES, waitMs: 1_200, deadlineMs: 3_000 };

describe('reads that decide nothing', () => {
  let pair: MysqlPair;
  let stores: OwnStores;
  let templateId: string;
  const opened: Database[] = [];
  beforeAll(async () => {
    pair = await startMysqlPair();
    stores = await openStores(undefined, pair.primary.url);
    const world = await openWorld(stores);
    ({ id: templateId } = await activeTemplate(world, { totalCount: 10_000, perUserLimit: 100 }));
  });
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await stores.close();
    await pair.stop();
  });
  afterEach(async () => {
    await pair.replica.command('STOP SLAVE');
    await pair.replica.command('CHANGE MASTER TO MASTER_DELAY = 0');
    await pair.replica.command('START SLAVE');
    await pair.caughtUp();
  });

  const replicaUrl = (): string => {
    const url = new URL(stores.mysqlUrl);
    url.port = new URL(pair.replica.url).port;
    return url.toString();
  };
  const connect = (url: string): Database => {
    const database = connectReplica(url);
    opened.push(database);
    return database;
  };

  interface Process extends World {
    readonly outcomes: string[];
    readonly changes: boolean[];
    /** Statements that the replica had to answer, those that wait for it aside. */
    readonly asked: string[];
    wallet(userId: string): Promise<string[]>;
  }
  /** As one process of the service has it. */
  async function openProcess(
    urls: readonly string[] = [replicaUrl()],
    times = PATIENT,
  ): Promise<Process> {
    const seen = { outcomes: [] as string[], changes: [] as boolean[], asked: [] as string[] };
    const replicas = urls.map(connect);
    for (const replica of replicas)
      replica.observe((sql) => {
        if (!sql.includes('GTID')) seen.asked.push(sql);
      });
    const observer: ReplicasObserver = {
      read: (outcome) => seen.outcomes.push(outcome),
      changed: (_place, isUsable) => seen.changes.push(isUsable),
    };
    const reader = new Replicas(stores.database, replicas, observer, times);
    const world = await openWorld(stores, { reader });
    return {
      ...world,
      ...seen,
      wallet: async (userId) => {
        const page = readPage(100, null);
        const { nodes } = await world.app.readCoupons.wallet(callerOf(userId), userId, null, page);
        return nodes.map(({ id }) => id);
      },
    };
  }
  const IMPATIENT = () => [[replicaUrl()], REPLICA_TIMES] as const;
  let users = 0;
  const newUser = () => `user-${(users += 1)}`;
  const claimed = async (world: World, userId: string) =>
    (await claim(world, templateId, userId)).couponId;

  it('are answered by a replica that is as fresh as the primary: wallets, coupons, lists, histories', async () => {
    const one = await openProcess();
    const user = newUser();
    const id = (await claimed(one, user))!;
    const onPrimary: string[] = [];
    const stop = stores.database.observe((sql) => onPrimary.push(sql));
    expect(await one.wallet(user)).toEqual([id]);
    expect(await one.app.readCoupons.byId(callerOf(user), id)).toMatchObject({ id, userId: user });
    const search = { status: null, type: null, search: null };
    const { nodes } = await one.app.listTemplates.search(operator, search, readPage(10, null));
    stop();
    expect(nodes.map((template) => template.id)).toEqual([templateId]);
    expect(one.outcomes).toEqual(['served', 'served', 'served']);
    expect(one.asked).toHaveLength(3);
    expect(onPrimary.filter((sql) => !/gtid|VERSION/.test(sql))).toEqual([]);
  });

  it('have the moments and numbers that the primary has', async () => {
    const one = await openProcess();
    const user = newUser();
    const id = (await claimed(one, user))!;
    const direct = await openWorld(stores);
    const read = (world: World) => world.app.readCoupons.byId(callerOf(user), id);
    expect(await read(one)).toEqual(await read(direct));
    expect(one.outcomes).toEqual(['served']);
  });

  it.each([
    ['stands still', 'STOP SLAVE'],
    ['is ten minutes behind', 'STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 600; START SLAVE'],
  ])(
    'show a claim of a moment ago in every process while replication %s',
    async (_how, breakIt) => {
      const user = newUser();
      const first = await claimed(await openProcess(), user);
      await pair.caughtUp();
      for (const statement of breakIt.split('; ')) await pair.replica.command(statement);
      const [one, other] = [await openProcess(...IMPATIENT()), await openProcess(...IMPATIENT())];
      const second = await claimed(one, user);
      for (const process of [one, other]) {
        expect(await process.wallet(user)).toEqual([second, first]);
        expect(process.outcomes.at(-1)).toBe('behind');
        expect(await process.wallet(user)).toEqual([second, first]);
        expect(process.changes).toEqual([false]);
      }
    },
  );

  it('come back to the replica when it has caught up', async () => {
    const one = await openProcess(...IMPATIENT());
    const user = newUser();
    await pair.replica.command('STOP SLAVE');
    await claimed(one, user);
    await one.wallet(user);
    expect(one.outcomes).toEqual(['behind']);
    await pair.replica.command('START SLAVE');
    await expect
      .poll(async () => (await one.wallet(user)) && one.outcomes.at(-1), { timeout: 20_000 })
      .toBe('served');
    expect(one.changes).toEqual([false, true]);
  });

  it('never miss a claim while thousands of others are replicated', async () => {
    const [one, other] = [await openProcess(), await openProcess()];
    const missed: string[] = [];
    const over = new AbortController();
    const storm = async () => {
      while (!over.signal.aborted)
        await Promise.all(Array.from({ length: 50 }, () => claimed(one, newUser())));
    };
    const shopper = async () => {
      const user = newUser();
      for (let i = 0; i < 15; i += 1) {
        const id = (await claimed(i % 2 === 0 ? one : other, user))!;
        for (const process of [one, other])
          if (!(await process.wallet(user)).includes(id)) missed.push(id);
      }
    };
    const storming = storm();
    await Promise.all(Array.from({ length: 4 }, shopper));
    over.abort();
    await storming;
    expect(missed).toEqual([]);
    expect([...one.outcomes, ...other.outcomes]).toContain('served');
  });

  it('go to the primary when the replica is killed, and back when it is there again', async () => {
    const one = await openProcess();
    const user = newUser();
    const id = await claimed(one, user);
    expect(await one.wallet(user)).toEqual([id]);
    await pair.replica.kill();
    const wallets = await Promise.all(Array.from({ length: 20 }, () => one.wallet(user)));
    expect(wallets).toEqual(wallets.map(() => [id]));
    expect(one.outcomes.slice(1)).not.toContain('served');
    await pair.replica.run();
    await expect
      .poll(async () => (await one.wallet(user)) && one.outcomes.at(-1), { timeout: 20_000 })
      .toBe('served');
  });

  it('go to the primary when a replica does not answer at all, and to the other replica after that', async () => {
    const silent = await startSilentServer();
    const url = new URL(replicaUrl());
    url.port = String(silent.port);
    const one = await openProcess([url.toString(), replicaUrl()], {
      ...PATIENT,
      pauseMs: 60_000,
    });
    const user = newUser();
    const id = await claimed(one, user);
    for (let i = 0; i < 4; i += 1) expect(await one.wallet(user)).toEqual([id]);
    expect(one.outcomes.toSorted()).toEqual(['failed', 'served', 'served', 'served']);
    silent.close();
  });

  it('go to the primary when a replica is of something else', async () => {
    const url = new URL(replicaUrl());
    url.pathname = '/coupons';
    const one = await openProcess([url.toString()]);
    const user = newUser();
    const id = await claimed(one, user);
    expect(await one.wallet(user)).toEqual([id]);
    expect(one.outcomes).toEqual(['failed']);
  });

  it('go to the primary when it writes no log that could be waited for', async () => {
    const plain = await openStores();
    const outcomes: string[] = [];
    const reader = new Replicas(plain.database, [connect(inject('mysqlUrl'))], {
      read: (outcome) => outcomes.push(outcome),
      changed: () => undefined,
    });
    expect(await reader.rows('SELECT 1 AS one')).toMatchObject([{ one: 1 }]);
    expect(outcomes).toEqual(['behind']);
    await plain.close();
  });

  it('leave everything that decides to the primary: claim, quote, hold, confirm', async () => {
    const one = await openProcess();
    const user = newUser();
    const caller = callerOf(user);
    await claimed(one, user);
    const line = { lineId: 'a', productId: 'p', categoryIds: [], quantity: 1 };
    const cart = {
      currency: 'CNY',
      lines: [{ ...line, unitPrice: { amount: '300', currency: 'CNY' } }],
    };
    const asked = { ...cart, orderId: user, couponIds: null, userId: null, atMs: null };
    const { quote } = await one.app.quoteDiscount.run(caller, asked);
    expect(quote.applied).toHaveLength(1);
    const order = { orderId: user, quoteId: quote.id };
    expect(await one.app.redemptions.hold.run(caller, order)).toMatchObject({ ok: true });
    expect(await one.app.redemptions.confirm.run(caller, user)).toMatchObject({ ok: true });
    expect(one.asked).toEqual([]);
  });

  it('cannot write on a replica', async () => {
    const replica = connect(replicaUrl());
    const writing = replica.transaction((sql) => sql.change('DELETE FROM coupon'));
    await expect(writing).rejects.toMatchObject({ cause: { errno: 1792 } });
  });

  it('are served so by a whole process, whose health and metrics tell', async () => {
    const process = await startProcess({
      ROLE: 'api',
      MYSQL_URL: stores.mysqlUrl,
      MYSQL_REPLICA_URLS: replicaUrl(),
      REDIS_URL: stores.redisUrl,
    });
    const { href } = new URL('/metrics', process.url);
    const body = JSON.stringify({ query: '{ claimableTemplates { nodes { id } } }' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(process.url, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({
      data: { claimableTemplates: { nodes: [{ id: templateId }] } },
    });
    const scrape = await (await fetch(href)).text();
    expect(scrape).toContain('coupons_replicas{state="usable"} 1');
    expect(scrape).toMatch(/coupons_replica_reads_total\{outcome="served"\} [1-9]/);
    const health = await fetch(new URL('/readyz', process.url));
    expect(await health.json()).toEqual({
      status: 'ready',
      replicas: { configured: 1, usable: 1 },
    });
    await process.kill();
  });

  it('fail when the primary is gone, rather than tell what may be old', async () => {
    const proxy = await startMysqlProxy(stores.mysqlUrl);
    const primary = await connectDatabase(proxy.url);
    opened.push(primary);
    const observer = { read: () => undefined, changed: () => undefined };
    const reader = new Replicas(primary, [connect(replicaUrl())], observer, PATIENT);
    const read = () => reader.rows('SELECT COUNT(*) AS n FROM coupon');
    expect(await read()).toHaveLength(1);
    proxy.setDown(true);
    await expect(read()).rejects.toThrow(DatabaseUnavailable);
    await proxy.close();
  });
});

/** Takes connections and says nothing: what a frozen server looks like. */
async function startSilentServer(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
