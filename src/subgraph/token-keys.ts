/**
 * The keys that tokens are checked with: the JWKS of the identity provider, or, where none is configured
 * (development only), a key pair of the installation's own under DATA_DIR that `npm run token` signs with.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type FetchImplementation,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import type { Config } from '../config/environment.js';
import { JWKS_BACKOFF_MS, JWKS_COOLDOWN_MS, JWKS_MAX_AGE_MS } from '../config/limits.js';

const ALGORITHM = 'EdDSA';
const KEY_ID = 'local';

/** How long to wait for the identity provider; its keys are kept between asks. */
const JWKS_TIMEOUT_MS = 3_000;

/** The identity provider did not tell its keys, so no token can be judged. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the keys of the identity provider cannot be read', { cause });
    this.name = 'KeysUnavailable';
  }
}

export async function verificationKeys(config: Config): Promise<JWTVerifyGetKey> {
  if (config.auth.jwksUrl !== undefined) {
    const url = new URL(config.auth.jwksUrl);
    return orUnavailable(
      createRemoteJWKSet(url, {
        timeoutDuration: JWKS_TIMEOUT_MS,
        cacheMaxAge: JWKS_MAX_AGE_MS,
        cooldownDuration: JWKS_COOLDOWN_MS,
        [customFetch]: withBackoff(fetch),
      }),
    );
  }
  const { d: _secret, ...publicKey } = await localKey(config.dataDir);
  return createLocalJWKSet({ keys: [publicKey] });
}

/** After a failure the identity provider is not asked for a while, however many tokens come. */
function withBackoff(ask: FetchImplementation): FetchImplementation {
  let failedAtMs = -Infinity;
  return async (url, options) => {
    if (Date.now() - failedAtMs < JWKS_BACKOFF_MS) throw new Error('failed a moment ago');
    try {
      const response = await ask(url, options);
      if (response.status !== 200) failedAtMs = Date.now();
      return response;
    } catch (error) {
      failedAtMs = Date.now();
      throw error;
    }
  };
}

/** Errors of a key lookup that blame the token; every other one is an outage, not a bad token. */
const ABOUT_THE_TOKEN = [
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSENotSupported,
];

function orUnavailable(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (ABOUT_THE_TOKEN.some((kind) => error instanceof kind)) throw error;
      throw new KeysUnavailable(error);
    }
  };
}

export interface LocalClaims {
  readonly sub: string;
  readonly scope?: string | undefined;
  readonly level?: string | undefined;
  readonly ttlS?: number | undefined;
}

/** Signs tokens with the local key, for development, the demo and tests. */
export async function localSigner(
  config: Config,
): Promise<(claims: LocalClaims) => Promise<string>> {
  const key = (await importJWK(await localKey(config.dataDir), ALGORITHM)) as CryptoKey;
  return ({ sub, scope, level, ttlS = 86_400 }) =>
    new SignJWT({ ...(scope ? { scope } : {}), ...(level ? { level } : {}) })
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: 'JWT' })
      .setSubject(sub)
      .setIssuer(config.auth.issuer)
      .setAudience(config.auth.audience)
      .setIssuedAt()
      .setExpirationTime(`${ttlS}s`)
      .sign(key);
}

/** Reads the key, or makes it; of two processes that make it at once, the first to rename wins for both. */
async function localKey(dataDir: string): Promise<JWK> {
  const file = join(dataDir, 'token-key.json');
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== undefined) return JSON.parse(present) as JWK;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: ALGORITHM, kid: KEY_ID, use: 'sig' };
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600 });
  await rename(draft, file);
  return JSON.parse(await readFile(file, 'utf8')) as JWK;
}
