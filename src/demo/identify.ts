/** Who asks a neighbour: it checks the token itself, as every subgraph behind a gateway should. */
import { jwtVerify } from 'jose';
import type { Config } from '../config/environment.js';
import { verificationKeys } from '../subgraph/token-keys.js';

export interface Identity {
  readonly userId: string;
  readonly scopes: readonly string[];
}

/** null: no token, or none that is good. */
export type Identify = (authorization: string | null | undefined) => Promise<Identity | null>;

export async function makeIdentify(config: Config): Promise<Identify> {
  const keys = await verificationKeys(config);
  const { issuer, audience } = config.auth;
  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    const verified = await jwtVerify(token, keys, { issuer, audience }).catch(() => null);
    if (typeof verified?.payload.sub !== 'string') return null;
    const { sub, scope } = verified.payload;
    return { userId: sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
  };
}
