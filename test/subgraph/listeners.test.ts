/** A busy process takes in new connections, many in each turn of its event loop. */
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { listenAt, Listeners } from '../../src/subgraph/listeners.js';

const HOST = '127.0.0.1';
const CLIENTS = 64;

describe('the sockets of a server', () => {
  const ends: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serve(
    handle: RequestListener,
    listeners?: (server: Server) => Listeners,
    port = 0,
  ): Promise<{ server: FastifyInstance; port: number; own: Listeners | undefined }> {
    let http!: Server;
    const server = fastify({ serverFactory: () => (http = createHttp(handle)) });
    const own = listeners?.(http);
    server.addHook('preClose', (done) => {
      own?.close();
      done();
    });
    server.addHook('onClose', () => own?.ended());
    await listenAt(server, { host: HOST, port });
    await own?.open();
    ends.push(() => {
      http.closeAllConnections();
      return server.close();
    });
    return { server, port: (http.address() as AddressInfo).port, own };
  }

  const dial = (port: number): Socket => {
    const socket = connect(port, HOST).on('error', () => undefined);
    ends.push(() => void socket.destroy());
    return socket;
  };

  /** Turns of the loop between the first and the last of so many connections that came at once. */
  async function turnsFor(server: Server, port: number): Promise<number> {
    let [turns, first, taken] = [0, 0, 0];
    const tick = (): void => {
      turns += 1;
      if (taken < CLIENTS) setImmediate(tick);
    };
    const all = new Promise<void>((resolve) => {
      server.on('connection', () => {
        taken += 1;
        if (taken === 1) first = turns;
        if (taken === CLIENTS) resolve();
      });
    });
    tick();
    for (let i = 0; i < CLIENTS; i += 1) dial(port);
    await all;
    return turns - first;
  }

  it('take in many connections in one turn of the event loop, where one takes in one', async () => {
    const alone = await serve((_, response) => response.end());
    const many = await serve(
      (_, response) => response.end(),
      (server) => new Listeners(server),
    );
    const turns = await turnsFor(alone.server.server, alone.port);
    expect(turns).toBeGreaterThanOrEqual(CLIENTS - 1);
    expect(await turnsFor(many.server.server, many.port)).toBeLessThan(CLIENTS / 2);
  });

  it('are not shared with another process: a port that is taken is an error', async () => {
    const first = await serve(
      (_, response) => response.end(),
      (server) => new Listeners(server),
    );
    const second = serve(
      (_, response) => response.end(),
      (server) => new Listeners(server),
      first.port,
    );
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('answer what is in flight on any of them when they close, and free the port', async () => {
    const waiting: (() => void)[] = [];
    const { server, port } = await serve(
      (_, response) =>
        void waiting.push(() => response.setHeader('connection', 'close').end('done')),
      (http) => new Listeners(http),
    );
    const asked = Array.from({ length: CLIENTS }, () =>
      fetch(`http://${HOST}:${port}/`).then((answer) => answer.text()),
    );
    await expect.poll(() => waiting.length).toBe(CLIENTS);
    let isClosed = false;
    const closing = server.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    for (const answer of waiting) answer();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['done']));
    await closing;
    const next = createServer().listen(port, HOST);
    await once(next, 'listening');
    next.close();
  });

  it('take in no more connections together than they may', async () => {
    const { server, port } = await serve(
      (_, response) => response.end(),
      (http) => new Listeners(http, 4, 16),
    );
    let taken = 0;
    server.server.on('connection', () => (taken += 1));
    const sockets = Array.from({ length: CLIENTS }, () => dial(port));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await expect
      .poll(() => sockets.filter(({ closed }) => closed).length)
      .toBeGreaterThanOrEqual(CLIENTS - 16);
    expect(taken).toBeLessThanOrEqual(16);
  });

  it('are none beside the own where the port is not shared', async () => {
    const http = createHttp((_, response) => response.end()).listen(0, HOST);
    await once(http, 'listening');
    const listeners = new Listeners(http, 4, 16);
    await listeners.open();
    expect(http.maxConnections).toBe(16);
    listeners.close();
    http.close();
    await listeners.ended();
  });
});
