/** What passes the door of HTTP under load and while draining, on real connections. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HTTP_HEADER_BYTES_MAX, UNREAD_BODY_BYTES_MAX } from '../../src/config/limits.js';
import { createFrontDoor } from '../../src/subgraph/front-door.js';

describe('the front door', () => {
  const world = { hasRoom: true, isDraining: false, shed: 0 };
  let server: Server | undefined;
  const sockets: Socket[] = [];
  afterEach(() => {
    Object.assign(world, { hasRoom: true, isDraining: false, shed: 0 });
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
  });

  const open = async () => {
    server = createFrontDoor(
      (request, response) => {
        request.resume().on('end', () => response.end(`served ${request.url}`));
      },
      {
        graphql: undefined,
        hasRoom: () => world.hasRoom,
        isDraining: () => world.isDraining,
        retryAfterMs: () => Date.UTC(2026, 0, 1),
        onShed: () => (world.shed += 1),
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    return {
      send: (text: string) => socket.write(text),
      /** All that came, once `text` has come `times` times. */
      until: async (text: string, times = 1) => {
        while (received.split(text).length <= times) await once(socket, 'data');
        return received;
      },
      ended: async () => {
        if (!socket.readableEnded) await once(socket, 'end');
        return received;
      },
    };
  };
  const post = (path: string, body: string, more = '') =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;

  it('sends away before the body is read, and says when to come back', async () => {
    world.hasRoom = false;
    const { send, until } = await open();
    send(post('/graphql', 'not even JSON'));
    const answer = await until('}}]}');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/^retry-after: 2\r$/m);
    expect(answer).not.toMatch(/^connection: close/im);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toEqual({
      errors: [
        {
          message: 'Too busy right now. Nothing was done.',
          extensions: {
            code: 'OVERLOADED',
            retryable: true,
            retryAfter: '2026-01-01T00:00:00.000Z',
          },
        },
      ],
    });
    expect(world.shed).toBe(1);
  });

  it('answers every request of a connection in turn, sent away or served', async () => {
    world.hasRoom = false;
    const { send, until } = await open();
    send(post('/graphql', '{"a":1}') + post('/graphql', '{"b":2}') + post('/healthz', '{}'));
    await until('served /healthz');
    world.hasRoom = true;
    send(post('/graphql?again', 'x'.repeat(1_000)));
    const all = await until('served /graphql?again');
    expect([...all.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '503',
      '503',
      '200',
      '200',
    ]);
  });

  it.each(['/healthz', '/readyz', '/metrics', '/metrics?x=1'])(
    'always lets %s pass',
    async (path) => {
      world.hasRoom = false;
      const { send, until } = await open();
      send(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      expect(await until(`served ${path}`)).toMatch(/^HTTP\/1\.1 200/);
    },
  );

  it.each([
    ['large', `content-length: ${UNREAD_BODY_BYTES_MAX + 1}`],
    ['endless', 'transfer-encoding: chunked'],
  ])('closes a connection whose body is %s instead of reading it', async (_what, header) => {
    world.hasRoom = false;
    const { send, ended } = await open();
    send(`POST /graphql HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n`);
    expect(await ended()).toMatch(/connection: close/i);
  });

  it('tells callers to leave while it is draining, and answers them', async () => {
    world.isDraining = true;
    const { send, ended } = await open();
    send(post('/graphql', '{}'));
    const answer = await ended();
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain('served /graphql');
  });

  it('takes a token of 8 kB and refuses headers that are larger than any', async () => {
    const { send, until } = await open();
    send(post('/graphql', '{}', `authorization: Bearer ${'x'.repeat(8_192)}\r\n`));
    expect(await until('served /graphql')).toMatch(/^HTTP\/1\.1 200/);
    const other = await open();
    other.send(post('/graphql', '{}', `x: ${'x'.repeat(HTTP_HEADER_BYTES_MAX)}\r\n`));
    expect(await other.ended()).toMatch(/^HTTP\/1\.1 431/);
  });
});
