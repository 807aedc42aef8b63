/** A real HTTP receiver of webhooks that may be told to fail, to stall or to answer late, and keeps what it got. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CloudEvent } from '../../src/event/event.types.js';

export interface Received {
  readonly event: CloudEvent;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What was answered. */
  readonly isTaken: boolean;
}

/** A status, how it is answered, or nothing at all. */
export type Reaction =
  | number
  | 'stall'
  | ((response: ServerResponse, request: IncomingMessage) => Promise<number> | number);

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** In the order in which they were answered. */
  readonly received: Received[];
  /** The events that were taken, each once, in the order in which each was first taken. */
  taken(): CloudEvent[];
  react(reaction: (event: CloudEvent, nth: number) => Reaction): void;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let reaction: (event: CloudEvent, nth: number) => Reaction = () => 204;
  const server = createServer((request, response) => {
    void take(request, response).catch(() => response.destroy());
  });
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const event = JSON.parse(body) as CloudEvent;
    const nth = received.filter((one) => one.event.id === event.id).length;
    const what = reaction(event, nth);
    const note = (isTaken: boolean): void => {
      received.push({ event, body, headers: request.headers as Received['headers'], isTaken });
    };
    if (what === 'stall') return note(false);
    const status = typeof what === 'number' ? what : await what(response, request);
    note(status >= 200 && status < 300);
    if (!response.headersSent) response.writeHead(status);
    response.end();
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/events`,
    port,
    received,
    taken: () => {
      const first = new Map<string, CloudEvent>();
      for (const { event, isTaken } of received)
        if (isTaken && !first.has(event.id)) first.set(event.id, event);
      return [...first.values()];
    },
    react: (next) => {
      reaction = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
