/** What a POST of JSON may be, on real connections. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HTTP_BODY_BYTES_MAX } from '../../src/config/limits.js';
import { exchangeJson, type Exchange } from '../../src/subgraph/json-exchange.js';

describe('a POST of JSON', () => {
  const world = { isLeaving: false, statuses: [] as number[], bodies: [] as unknown[] };
  let server: Server;
  let socket: Socket;
  let received = '';

  beforeEach(async () => {
    Object.assign(world, { isLeaving: false, statuses: [], bodies: [] });
    const exchange: Exchange = {
      answer: async ({ body }) => {
        world.bodies.push(body);
        return { status: 200, headers: [['x-own', 'yes']], body: JSON.stringify({ got: body }) };
      },
      isLeaving: () => world.isLeaving,
      onAnswered: (status) => void world.statuses.push(status),
    };
    server = createServer((request, response) => exchangeJson(exchange, request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
    received = '';
    socket.on('data', (text: string) => (received += text));
    socket.on('error', () => undefined);
  });
  afterEach(() => {
    socket.destroy();
    server.close();
  });

  const send = (body: string, more = `content-length: ${Buffer.byteLength(body)}\r\n`) =>
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}\r\n${body}`,
    );
  const until = async (text: string) => {
    while (!received.includes(text)) await once(socket, 'data');
    return received;
  };
  const closed = async () => {
    if (!socket.closed) await once(socket, 'close');
    return received;
  };

  it('is answered, one after the other on one connection, in any number of pieces', async () => {
    const text = '{"name":"优惠"}';
    send(text.slice(0, 4), `content-length: ${Buffer.byteLength(text)}\r\n`);
    await new Promise(setImmediate);
    socket.write(text.slice(4));
    expect(await until('"got"')).toContain('x-own: yes');
    received = '';
    send('[1]');
    await until('{"got":[1]}');
    expect(world.bodies).toEqual([{ name: '优惠' }, [1]]);
    expect(world.statuses).toEqual([200, 200]);
  });

  it('that says it is too large is refused before it is sent, and its connection closed', async () => {
    send('', `content-length: ${HTTP_BODY_BYTES_MAX + 1}\r\n`);
    expect(await closed()).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
    expect(world.bodies).toEqual([]);
  });

  it('without an end is refused once it is too large, and its connection closed', async () => {
    send('', 'transfer-encoding: chunked\r\n');
    const piece = 'x'.repeat(64 * 1024);
    let sent = 0;
    while (!socket.closed && sent < 4 * HTTP_BODY_BYTES_MAX) {
      socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
      sent += piece.length;
      await new Promise(setImmediate);
    }
    await closed();
    expect(world.statuses).toEqual([413]);
    expect(world.bodies).toEqual([]);
  });

  it.each([
    ['half of it', '{"a":'],
    ['nothing', ''],
    ['a key that changes what objects are', '{"__proto__":{"isAdmin":true}}'],
    ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
  ])('that has %s is refused, and its connection stays', async (_what, body) => {
    send(body);
    expect(await until('not JSON')).toMatch(/^HTTP\/1.1 400 /);
    received = '';
    send('{}');
    await until('{"got":{}}');
    expect(world.bodies).toEqual([{}]);
  });

  it('that calls itself something else is not read', async () => {
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}',
    );
    expect(await closed()).toMatch(/^HTTP\/1.1 415 /);
    expect(world.bodies).toEqual([]);
  });

  it('whose sender goes in the middle is not answered', async () => {
    send('{"a":', 'content-length: 100\r\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(world).toMatchObject({ bodies: [], statuses: [] });
  });

  it('while the process is closing is answered, and its connection closed', async () => {
    world.isLeaving = true;
    send('{}');
    expect(await closed()).toMatch(/^HTTP\/1.1 200 .*connection: close.*"got"/is);
  });
});
