/**
 * More than one listening socket for one HTTP server. Node takes in one connection of a socket for each turn of
 * its event loop, and a busy loop has few turns: 128 connections of a gateway that found a busy process waited
 * for up to 1.7 s, and 500 would have waited for twenty (docs/performance.md). The kernel spreads new connections
 * over sockets that share a port, and every one of them takes one in each turn.
 *
 * Promise: a port that somebody else has is an error, as ever, although sockets may share it; closing takes
 * nothing new from any of them, and ends when the last connection of each has.
 */
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { HTTP_CONNECTIONS_MAX, HTTP_LISTENERS } from '../config/limits.js';

export interface ListenAt {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** @throws Error EADDRINUSE, … */
export async function listenAt(server: FastifyInstance, at: ListenAt): Promise<void> {
  if (at.port !== 0) await requireFree(at);
  const shared = { ...at, reusePort: true };
  await server.listen(shared).catch((error: unknown) => {
    // A system without it has one socket.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTSUP') throw error;
    return server.listen({ ...at });
  });
}

/** The sockets beside the server's own. */
export class Listeners {
  private readonly others: Server[] = [];
  private closed: Promise<unknown> | undefined;

  constructor(
    private readonly server: HttpServer,
    private readonly count = HTTP_LISTENERS,
    /** Of all sockets together. */
    private readonly connectionsMax = HTTP_CONNECTIONS_MAX,
  ) {}

  /** Once the server itself listens; where its port is not to be shared, nothing. */
  async open(): Promise<void> {
    const { address: host, port } = this.server.address() as AddressInfo;
    while (this.others.length < this.count - 1 && this.closed === undefined) {
      const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        this.server.emit('connection', socket),
      );
      try {
        await listening(other, { host, port, reusePort: true });
      } catch {
        break;
      }
      other.on('error', (error) => this.server.emit('error', error));
      this.others.push(other);
    }
    if (this.closed !== undefined) this.close();
    // The kernel gives each about as many.
    const all = [this.server, ...this.others];
    for (const one of all) one.maxConnections = Math.ceil(this.connectionsMax / all.length);
  }

  /** Nothing new is taken in. */
  close(): void {
    const open = this.others.splice(0);
    const ends = open.map((other) => {
      other.close();
      return once(other, 'close');
    });
    this.closed = Promise.all([this.closed, ...ends]);
  }

  /** All connections that they took in have ended. */
  async ended(): Promise<void> {
    await this.closed;
  }
}

/** Asks for the port as somebody who would not share it. */
async function requireFree(at: ListenAt): Promise<void> {
  const probe = createServer();
  await listening(probe, at);
  probe.close();
  await once(probe, 'close');
}

async function listening(
  server: Server,
  at: ListenAt & { readonly reusePort?: boolean },
): Promise<void> {
  server.listen({ ...at });
  await once(server, 'listening');
}
