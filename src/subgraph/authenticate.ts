/**
 * From a request to a caller. The subgraph verifies the token itself, whatever the router did; no header
 * beside the token says who somebody is. In production a request must also carry the router's secret, and
 * only a request with it is believed where the customer is.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Config } from '../config/environment.js';
import type { Caller } from '../kernel/caller.js';
import { isExternalId } from '../kernel/external-id.js';
import { forwardedAddress } from './client-address.js';
import { KeysUnavailable } from './token-keys.js';

/** What a token says; anything else in it is none of our business. */
const Claims = z.object({
  sub: z.string().refine(isExternalId),
  scope: z.union([z.string(), z.array(z.string())]).optional(),
  level: z.string().max(64).optional(),
});

/** Clocks of two machines may differ this much. */
const CLOCK_TOLERANCE_S = 10;
const TOKEN_LENGTH_MAX = 8_192;

export class Authenticate {
  constructor(
    private readonly config: Config,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  /**
   * @param peer the address at the other end of the socket: the router's, where there is one
   * @throws GraphQLError UNAUTHENTICATED (HTTP 401): a token that is not good, or no proof of the router;
   *   UNAVAILABLE (HTTP 503): nobody can say whether it is good
   */
  async caller(headers: IncomingHttpHeaders, peer: string): Promise<Caller> {
    const isRouter = this.requireRouter(headers);
    const address = isRouter ? forwardedAddress(headers, this.config.auth.trustedHops) : peer;
    const language = languageOf(headers['accept-language']);
    const { authorization } = headers;
    if (authorization === undefined) {
      return { userId: null, scopes: new Set(), level: null, language, address };
    }
    const claims = await this.verify(authorization);
    const scopes =
      typeof claims.scope === 'string' ? claims.scope.split(' ') : (claims.scope ?? []);
    return {
      userId: claims.sub,
      scopes: new Set(scopes),
      level: claims.level ?? null,
      language,
      address,
    };
  }

  private async verify(authorization: string): Promise<z.infer<typeof Claims>> {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > TOKEN_LENGTH_MAX)
      throw unauthenticated('no bearer token');
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.keys, {
        algorithms: ['EdDSA', 'ES256', 'RS256'],
        issuer: this.config.auth.issuer,
        audience: this.config.auth.audience,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      }));
    } catch (error) {
      if (error instanceof KeysUnavailable) throw unavailable(error);
      throw unauthenticated('the token is not valid');
    }
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw unauthenticated('the claims of the token are not usable');
    return claims.data;
  }

  /** @returns whether the request carries the router's proof; false: none is asked for */
  private requireRouter(headers: IncomingHttpHeaders): boolean {
    const { routerSecrets } = this.config.auth;
    if (routerSecrets.length === 0) return false;
    const given = Buffer.from(String(headers['x-router-secret'] ?? ''));
    const isRouter = routerSecrets.some((secret) => {
      const expected = Buffer.from(secret);
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
    if (!isRouter) throw unauthenticated('only the router may ask');
    return true;
  }
}

function languageOf(header: string | undefined): 'zh-CN' | 'en' {
  return /^\s*zh\b/i.test(header ?? '') ? 'zh-CN' : 'en';
}

function unavailable(cause: KeysUnavailable): GraphQLError {
  return new GraphQLError(cause.message, {
    originalError: cause,
    extensions: { code: 'UNAVAILABLE', http: { status: 503 } },
  });
}

function unauthenticated(problem: string): GraphQLError {
  return new GraphQLError(`Not authenticated: ${problem}.`, {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}
