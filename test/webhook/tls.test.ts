/** Webhooks over real TLS: who has no good certificate is told nothing, whatever address was pinned. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PostEvent } from '../../src/webhook/post-event.js';
import { activeTemplate, claim } from '../kit/world.js';
import {
  makeAuthority,
  openTlsReceiver,
  type Authority,
  type TlsReceiver,
} from './tls-receiver.js';
import { openRelay } from './world.js';

const HOUR_MS = 3_600_000;
const HOST = 'hooks.example.org';
const DEADLINE_MS = 10_000;
const BUILT = new URL('../../dist/webhook/post-event.js', import.meta.url).href;
const known = getCACertificates('default');

/** What NODE_EXTRA_CA_CERTS does at the start of a process. */
const trust = (...more: Authority[]) =>
  setDefaultCACertificates([...known, ...more.map(({ cert }) => cert)]);

describe('a webhook over TLS', () => {
  let ours: Authority;
  const receivers: TlsReceiver[] = [];
  const lines: PostEvent[] = [];
  beforeAll(async () => {
    ours = await makeAuthority();
  });
  afterEach(async () => {
    trust();
    for (const line of lines.splice(0)) line.close();
    for (const receiver of receivers.splice(0)) await receiver.close();
  });

  const receive = async (names: readonly string[], authority = ours) => {
    const receiver = await openTlsReceiver(names, authority);
    receivers.push(receiver);
    return receiver;
  };
  /** The name is looked up to be where the receivers are; nothing else answers for it. */
  const post = (url: string) => {
    const line = new PostEvent({
      trustedHosts: [HOST, 'other.example.org'],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      deadlineMs: DEADLINE_MS,
    });
    lines.push(line);
    return line.run({ url, headers: {}, body: '{}' }, Date.now());
  };

  it('is delivered where the chain is good and of this name, and asks for the name', async () => {
    const { port, askedFor } = await receive([HOST]);
    trust(ours);
    expect(await post(`https://${HOST}:${port}/`)).toEqual({ kind: 'DELIVERED' });
    expect(askedFor).toEqual([HOST]);
  });

  it('is not sent where the certificate is of another name, though the address is the pinned one', async () => {
    const { port, askedFor } = await receive([HOST, '127.0.0.1']);
    trust(ours);
    const outcome = await post(`https://other.example.org:${port}/`);
    expect(outcome).toMatchObject({ kind: 'FAILED', error: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(askedFor).toEqual([]);
  });

  it('is not sent where the certificate is of another authority of the same name', async () => {
    const { port, askedFor } = await receive([HOST], await makeAuthority());
    trust(ours);
    const outcome = await post(`https://${HOST}:${port}/`);
    expect(outcome).toMatchObject({ kind: 'FAILED', error: expect.stringMatching(/VERIFY|SIGN/) });
    expect(askedFor).toEqual([]);
  });

  it('is a failed try where the certificate is not trusted, and is delivered once it is', async () => {
    const world = await openRelay(undefined, { webhooks: { deadlineMs: DEADLINE_MS } });
    const { port, askedFor } = await receive(['127.0.0.1']);
    const { id: templateId } = await activeTemplate(world);
    await world.endpoint(`https://127.0.0.1:${port}/events`, ['coupon.*']);
    await claim(world, templateId, 'anna');
    await world.relay();
    const rows = await world.stores.database.rows(
      'SELECT status, tries, last_status, last_error FROM webhook_delivery',
    );
    const last_error = expect.stringMatching(/VERIFY|SIGN/) as string;
    expect(rows).toEqual([{ status: 'WAITING', tries: 1, last_status: null, last_error }]);
    expect(askedFor).toEqual([]);
    trust(ours);
    world.clock.forward(HOUR_MS);
    await world.relay();
    expect(askedFor).toHaveLength(1);
    world.app.webhooks.deliver.hangUp();
    await world.close();
  });

  it('goes to an authority of the own network that NODE_EXTRA_CA_CERTS names', async () => {
    const { port } = await receive(['127.0.0.1']);
    const folder = await mkdtemp(join(tmpdir(), 'coupons-tls-'));
    const file = join(folder, 'authority.pem');
    await writeFile(file, ours.cert);
    const script = `const { PostEvent } = await import(${JSON.stringify(BUILT)});
      const line = new PostEvent({ trustedHosts: ['127.0.0.1'], deadlineMs: ${DEADLINE_MS} });
      const post = { url: 'https://127.0.0.1:${port}/', headers: {}, body: '{}' };
      console.log((await line.run(post, Date.now())).kind);
      line.close();`;
    const outcomes = [];
    for (const env of [{}, { NODE_EXTRA_CA_CERTS: file }]) {
      const args = ['--input-type=module', '--eval', script];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      outcomes.push(stdout.trim());
    }
    await rm(folder, { recursive: true });
    expect(outcomes).toEqual(['FAILED', 'DELIVERED']);
  });
});
