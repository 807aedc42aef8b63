/** The identity provider's keys while it is down, slow, wrong or changes them (F52). */
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { Authenticate } from '../../src/subgraph/authenticate.js';
import { verificationKeys } from '../../src/subgraph/token-keys.js';

const MINUTE_MS = 60_000;
const CONFIG = { JWT_ISSUER: 'https://id.test', JWT_AUDIENCE: 'coupons' };
const UNAVAILABLE = { extensions: { code: 'UNAVAILABLE', http: { status: 503 } } };
const BAD_TOKEN = { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } };

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

describe('the keys of the identity provider', () => {
  let first: Key;
  let second: Key;
  let provider: Server;
  let asked = 0;
  let answer: { readonly status: number; readonly body: string };
  const publish = (...keys: Key[]) =>
    (answer = { status: 200, body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }) });
  const fail = () => (answer = { status: 503, body: 'SECRET INTERNALS' });

  beforeAll(async () => {
    [first, second] = await Promise.all([makeKey('first'), makeKey('second')]);
  });
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    asked = 0;
    publish(first);
    provider = createServer((_request, response) => {
      asked += 1;
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => {
      provider.listen(0, '127.0.0.1', resolve);
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    provider.closeAllConnections();
    await new Promise((resolve) => provider.close(resolve));
  });

  const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
  const tokenOf = ({ privateKey, jwk }: Key, kid = jwk.kid!) => {
    const iat = Math.floor(Date.now() / 1_000);
    return new SignJWT({ sub: 'anna', iss: CONFIG.JWT_ISSUER, aud: 'coupons', iat, exp: iat + 60 })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .sign(privateKey);
  };
  async function open() {
    const { port } = provider.address() as { port: number };
    const config = readConfig({ ...CONFIG, JWKS_URL: `http://127.0.0.1:${port}/jwks` });
    const keys = await verificationKeys(config);
    return async (key: Key, kid?: string) => {
      const authorization = `Bearer ${await tokenOf(key, kid)}`;
      return (await new Authenticate(config, keys).caller({ authorization }, '::1')).userId;
    };
  }

  it('are asked for once and go on while it is down, until their time is over', async () => {
    const ask = await open();
    expect(await ask(first)).toBe('anna');
    fail();
    pass(9 * MINUTE_MS);
    expect(await ask(first)).toBe('anna');
    expect(asked).toBe(1);
    pass(2 * MINUTE_MS);
    await expect(ask(first)).rejects.toMatchObject(UNAVAILABLE);
    publish(first);
    pass(2_000);
    expect(await ask(first)).toBe('anna');
  });

  it('that are new are found, but a made-up one makes nobody ask more than twice a minute', async () => {
    const ask = await open();
    expect(await ask(first)).toBe('anna');
    publish(first, second);
    await expect(ask(second)).rejects.toMatchObject(BAD_TOKEN);
    expect(asked).toBe(1);
    pass(31_000);
    expect(await ask(second)).toBe('anna');
    expect(asked).toBe(2);
    for (let i = 0; i < 50; i += 1)
      await expect(ask(first, `made-up-${i}`)).rejects.toMatchObject(BAD_TOKEN);
    expect(asked).toBe(2);
  });

  it('that were withdrawn are refused once the old ones are over', async () => {
    const ask = await open();
    expect(await ask(first)).toBe('anna');
    publish(second);
    pass(11 * MINUTE_MS);
    await expect(ask(first)).rejects.toMatchObject(BAD_TOKEN);
    expect(await ask(second)).toBe('anna');
  });

  it('cannot be had: nobody gets in, and it is left alone for a second', async () => {
    const ask = await open();
    fail();
    for (let i = 0; i < 20; i += 1) await expect(ask(first)).rejects.toMatchObject(UNAVAILABLE);
    expect(asked).toBe(1);
    pass(1_001);
    await expect(ask(first)).rejects.toMatchObject(UNAVAILABLE);
    expect(asked).toBe(2);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no keys', '{}'],
    ['keys that are none', '{"keys": "all of them"}'],
    ['a redirection', ''],
  ])('that are %s are an outage, told without a word about the inside', async (what, body) => {
    answer = { status: what === 'a redirection' ? 302 : 200, body };
    const ask = await open();
    await expect(ask(first)).rejects.toMatchObject(UNAVAILABLE);
    await expect(ask(first)).rejects.not.toThrow(/127\.0\.0\.1|html|SECRET/);
  });

  it('are not asked for by what is no token', async () => {
    const { port } = provider.address() as { port: number };
    const config = readConfig({ ...CONFIG, JWKS_URL: `http://127.0.0.1:${port}/jwks` });
    const authenticate = new Authenticate(config, await verificationKeys(config));
    for (const authorization of ['Bearer garbage', 'Bearer a.b.c', 'Basic YTpi'])
      await expect(authenticate.caller({ authorization }, '::1')).rejects.toMatchObject(BAD_TOKEN);
    expect(asked).toBe(0);
  });
});
