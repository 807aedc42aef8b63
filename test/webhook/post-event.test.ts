/** One try over HTTP: where it may go, how long it may take, and what of the answer counts. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PostEvent, type PostOptions } from '../../src/webhook/post-event.js';

const DEADLINE_MS = 400;

describe('a try', () => {
  let server: Server;
  let url: string;
  let asked: string[];
  let answer: (response: ServerResponse) => void;
  const lines: PostEvent[] = [];
  beforeEach(async () => {
    asked = [];
    answer = (response) => response.writeHead(204).end();
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      request.resume();
      answer(response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/events`;
  });
  afterEach(async () => {
    for (const line of lines.splice(0)) line.close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  const post = (to = url, options: Partial<PostOptions> = {}) => {
    const line = new PostEvent({
      trustedHosts: ['127.0.0.1'],
      deadlineMs: DEADLINE_MS,
      ...options,
    });
    lines.push(line);
    return line.run({ url: to, headers: { 'webhook-id': 'e' }, body: '{}' }, Date.now());
  };

  it('is delivered by any 2xx', async () => {
    for (const status of [200, 201, 202, 204, 299]) {
      answer = (response) => response.writeHead(status).end();
      expect(await post()).toEqual({ kind: 'DELIVERED' });
    }
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    answer = (response) => response.writeHead(status, { location: '/elsewhere' }).end();
    expect(await post()).toMatchObject({ kind: 'FAILED', status, error: `answered ${status}` });
    expect(asked).toEqual(['/events']);
  });

  it('does not follow a redirect to an address that is forbidden', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/';
    answer = (response) => response.writeHead(307, { location }).end();
    expect(await post()).toMatchObject({ kind: 'FAILED', status: 307 });
  });

  it('takes Retry-After from a refusal', async () => {
    answer = (response) => response.writeHead(429, { 'retry-after': '30' }).end();
    expect(await post()).toMatchObject({ status: 429, retryAfterMs: 30_000 });
  });

  it('ends at its deadline where no answer comes', async () => {
    answer = () => undefined;
    expect(await post()).toMatchObject({ status: null, error: 'no answer in time' });
  });

  it('ends at its deadline where the name is not found in time', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const outcome = await post('https://hooks.example.org/', { resolve });
    expect(outcome).toMatchObject({ error: 'no answer in time' });
  });

  it('does not read an answer without end', async () => {
    let sent = 0;
    const cut = Promise.withResolvers<void>();
    answer = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(16_384);
      const more = (): void => {
        while (response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more).on('error', () => undefined);
      response.on('close', () => cut.resolve());
      more();
    };
    expect(await post()).toEqual({ kind: 'DELIVERED' });
    await cut.promise;
    // What the two kernels hold in between was sent as well.
    expect(sent).toBeLessThan(16 * 1_024 * 1_024);
  });

  it('fails where the answer is no HTTP', async () => {
    answer = (response) => response.socket?.end('220 mail.example.org ESMTP\r\n');
    expect(await post()).toMatchObject({ kind: 'FAILED', status: null });
  });

  it('goes nowhere where the URL is not one of an endpoint', async () => {
    const outcome = await post(url, { trustedHosts: [] });
    expect(outcome).toMatchObject({ error: 'the URL must be an https URL' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['a loopback address', ['127.0.0.1']],
    ['the metadata of a cloud', ['169.254.169.254']],
    ['a private address', ['10.1.2.3']],
    ['a private address of IPv6', ['fd00::1']],
    ['loopback written as IPv6', ['::ffff:127.0.0.1']],
    ['a public and a private address', ['93.184.216.34', '192.168.1.1']],
    ['no address', []],
  ])('goes nowhere where the name resolves to %s', async (_what, addresses) => {
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const outcome = await post('https://hooks.example.org/', { resolve });
    expect(outcome).toMatchObject({ status: null, error: 'the host is not a public one' });
    expect(asked).toEqual([]);
  });

  it('asks for the name once a connection, so that it cannot be another when it is used', async () => {
    const { port } = new URL(url);
    const answers = ['127.0.0.1', '169.254.169.254'];
    const resolve = async () => [{ address: answers.shift() ?? '0.0.0.0', family: 4 }];
    const trustedHosts = ['rebound.example.org'];
    const outcome = await post(`http://rebound.example.org:${port}/events`, {
      resolve,
      trustedHosts,
    });
    expect(outcome).toEqual({ kind: 'DELIVERED' });
    expect(answers).toEqual(['169.254.169.254']);
  });

  it('checks the name anew for each connection: one that was public is refused once it is not', async () => {
    const answers = ['203.0.114.1', '127.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }];
    const first = await post('https://hooks.example.org/', { resolve, deadlineMs: 50 });
    const second = await post('https://hooks.example.org/', { resolve });
    expect(first).toMatchObject({ kind: 'FAILED' });
    expect(first).not.toMatchObject({ error: 'the host is not a public one' });
    expect(second).toMatchObject({ error: 'the host is not a public one' });
  });

  it('counts as none where it is cut off by a stop', async () => {
    answer = () => setTimeout(() => lines[0]?.close(), 20);
    expect(await post()).toEqual({ kind: 'NOT_TRIED' });
  });
});
