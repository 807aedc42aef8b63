/** Which requests have a caller: tokens that are good, and every way of mine to make one that is not. */
import { createHmac } from 'node:crypto';
import {
  base64url,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/environment.js';
import { Authenticate } from '../../src/subgraph/authenticate.js';

const config = readConfig({ JWT_ISSUER: 'https://id.test', JWT_AUDIENCE: 'coupons' });
const nowS = () => Math.floor(Date.now() / 1_000);
const GOOD = () => ({
  sub: 'anna',
  iss: 'https://id.test',
  aud: 'coupons',
  iat: nowS(),
  exp: nowS() + 60,
});

describe('a token', () => {
  let privateKey: CryptoKey;
  let otherKey: CryptoKey;
  let publicJwk: JWK;
  let publicPem: string;
  let authenticate: Authenticate;
  beforeAll(async () => {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    ({ privateKey } = pair);
    ({ privateKey: otherKey } = await generateKeyPair('EdDSA'));
    publicPem = await exportSPKI(pair.publicKey);
    publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' };
    authenticate = new Authenticate(config, createLocalJWKSet({ keys: [publicJwk] }));
  });

  const sign = (claims: JWTPayload, header: object = {}, key: CryptoKey = privateKey) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt', ...header })
      .sign(key);
  const callerOf = (authorization: string | undefined, headers: object = {}) =>
    authenticate.caller(
      { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      '::1',
    );
  const unauthenticated = (problem: string) => ({
    message: `Not authenticated: ${problem}.`,
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
  const BAD_TOKEN = unauthenticated('the token is not valid');
  const BAD_CLAIMS = unauthenticated('the claims of the token are not usable');
  const NO_TOKEN = unauthenticated('no bearer token');

  it('that is good says who asks, with what scopes and level', async () => {
    const token = await sign({ ...GOOD(), scope: 'coupons:admin coupons:approve', level: 'gold' });
    expect(await callerOf(`Bearer ${token}`)).toEqual({
      userId: 'anna',
      scopes: new Set(['coupons:admin', 'coupons:approve']),
      level: 'gold',
      languages: [],
      address: '::1',
    });
    expect(await callerOf(`bearer ${token}`)).toMatchObject({ userId: 'anna' });
  });

  it('may have its scopes as a list, which is not split again, or none', async () => {
    const scopesOf = async (scope: unknown) =>
      [...(await callerOf(`Bearer ${await sign({ ...GOOD(), scope })}`)).scopes].sort();
    expect(await scopesOf(['a', 'b c'])).toEqual(['a', 'b c']);
    expect(await scopesOf(undefined)).toEqual([]);
  });

  it('that is absent leaves the caller without a name', async () => {
    expect(await callerOf(undefined)).toMatchObject({
      userId: null,
      scopes: new Set(),
      level: null,
    });
  });

  it.each<[string, () => JWTPayload]>([
    ['another issuer', () => ({ ...GOOD(), iss: 'https://evil.test' })],
    ['no issuer', () => ({ ...GOOD(), iss: undefined! })],
    ['another audience', () => ({ ...GOOD(), aud: 'orders' })],
    ['no audience', () => ({ ...GOOD(), aud: undefined! })],
    ['a list of audiences without ours', () => ({ ...GOOD(), aud: ['orders', 'users'] })],
    ['its time over', () => ({ ...GOOD(), exp: nowS() - 11 })],
    ['no end', () => ({ ...GOOD(), exp: undefined! })],
    ['an end that is text', () => ({ ...GOOD(), exp: '9999999999' as unknown as number })],
    ['its time to come', () => ({ ...GOOD(), nbf: nowS() + 11 })],
    ['no subject', () => ({ ...GOOD(), sub: undefined! })],
    ['no beginning', () => ({ ...GOOD(), iat: undefined! })],
    ['a beginning that is to come', () => ({ ...GOOD(), iat: nowS() + 60 })],
    ['a beginning over a day ago', () => ({ ...GOOD(), iat: nowS() - 86_400 - 11 })],
  ])('with %s is not good', async (_what, claims) => {
    const payload = Object.fromEntries(Object.entries(claims()).filter(([, v]) => v !== undefined));
    await expect(callerOf(`Bearer ${await sign(payload)}`)).rejects.toMatchObject(BAD_TOKEN);
  });

  it.each<[string, JWTPayload]>([
    ['an empty subject', { sub: '' }],
    ['blanks in its subject', { sub: 'anna b' }],
    ['a blank after its subject', { sub: 'anna ' }],
    ['a subject that is not ASCII', { sub: 'änna' }],
    ['a subject of 129 characters', { sub: 'x'.repeat(129) }],
    ['a scope that is a number', { scope: 5 }],
    ['a level of 65 characters', { level: 'x'.repeat(65) }],
  ])('with %s has claims that are not usable', async (_what, claims) => {
    const token = await sign({ ...GOOD(), ...claims });
    await expect(callerOf(`Bearer ${token}`)).rejects.toMatchObject(BAD_CLAIMS);
  });

  it('with the time of another clock is good for ten seconds', async () => {
    const token = await sign({ ...GOOD(), exp: nowS() - 5, nbf: nowS() + 5 });
    expect(await callerOf(`Bearer ${token}`)).toMatchObject({ userId: 'anna' });
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt'])(
    'that calls itself %j is an access token',
    async (typ) => {
      expect(await callerOf(`Bearer ${await sign(GOOD(), { typ })}`)).toMatchObject({
        userId: 'anna',
      });
    },
  );

  it.each<[string, object]>([
    ['no type', { typ: undefined }],
    ['the type of another token', { typ: 'logout+jwt' }],
    ['the type of an encrypted one', { typ: 'JWE' }],
    ['a key of its own', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' } }],
    ['an address of keys', { jku: 'https://id.test/jwks' }],
    ['an address of certificates', { x5u: 'https://id.test/x5u' }],
    ['certificates of its own', { x5c: ['MIIB'] }],
  ])('whose header has %s is not good, though our provider signed it', async (_what, header) => {
    const token = await sign(GOOD(), header);
    await expect(callerOf(`Bearer ${token}`)).rejects.toMatchObject(BAD_TOKEN);
  });

  it('may be as old as the configuration says', async () => {
    const strict = { ...config, auth: { ...config.auth, tokenMaxAgeS: 60 } };
    const ask = async (ageS: number) =>
      new Authenticate(strict, createLocalJWKSet({ keys: [publicJwk] })).caller(
        { authorization: `Bearer ${await sign({ ...GOOD(), iat: nowS() - ageS })}` },
        '::1',
      );
    expect(await ask(60)).toMatchObject({ userId: 'anna' });
    await expect(ask(72)).rejects.toMatchObject(BAD_TOKEN);
  });

  it('without a signature, or with one of another kind or key, is not good', async () => {
    const unsecured = new UnsecuredJWT(GOOD()).encode();
    const encode = (value: object) => base64url.encode(JSON.stringify(value));
    const hmac = (secret: string) => {
      const text = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(GOOD())}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const good = await sign(GOOD());
    const [header, , signature] = good.split('.');
    const forged = `${header}.${encode({ ...GOOD(), sub: 'olga', scope: 'coupons:admin' })}.${signature}`;
    const bad = [
      unsecured,
      unsecured.replace(/\.$/, `.${signature}`),
      ...['None', 'NONE', 'none', ''].map((alg) => `${encode({ alg })}.${encode(GOOD())}.`),
      hmac(publicPem),
      hmac(JSON.stringify(publicJwk)),
      hmac(publicJwk.x!),
      hmac(''),
      await sign(GOOD(), {}, otherKey),
      await sign(GOOD(), { jwk: await exportJWK(privateKey) }, otherKey),
      await sign(GOOD(), { jku: 'https://evil.test/jwks', x5u: 'https://evil.test' }, otherKey),
      await sign(GOOD(), { kid: "../../k1' OR 1=1" }),
      await sign(GOOD(), { crit: ['exp'] }).catch(() => forged),
      forged,
      `${header}.${encode(GOOD())}.`,
      good.slice(0, -4),
      good + good,
    ];
    for (const token of bad)
      await expect(callerOf(`Bearer ${token}`), token).rejects.toMatchObject(BAD_TOKEN);
  });

  it.each(['garbage', 'a.b.c', '...', '{}', 'null', 'e30.e30.e30', '%00', '🎟️'])(
    'of %j is not good',
    async (token) => {
      await expect(callerOf(`Bearer ${token}`)).rejects.toMatchObject(BAD_TOKEN);
    },
  );

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer a b',
    'Bearer  x',
    `Bearer ${'x'.repeat(8_193)}`,
  ])('is not looked for in %j', async (authorization) => {
    await expect(callerOf(authorization)).rejects.toMatchObject(NO_TOKEN);
  });

  it('comes with the languages of the caller, the dearest first', async () => {
    const headers = { 'accept-language': 'en;q=0.8, zh-CN' };
    expect(await callerOf(undefined, headers)).toMatchObject({ languages: ['zh-CN', 'en'] });
  });
});
