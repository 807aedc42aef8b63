/**
 * From a request to a caller. The subgraph verifies the token itself, whatever the router did; no header
 * beside the token says who somebody is. In production a request must also carry the router's proof, and
 * only a request with it is believed where the customer is.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Config } from '../config/environment.js';
import type { Caller } from '../kernel/caller.js';
import type { RequestContext } from '../graph/request.js';
import { systemClock, type Clock } from '../kernel/clock.js';
import { isExternalId } from '../kernel/external-id.js';
import { readAcceptLanguage } from './accept-language.js';
import { forwardedAddress } from './client-address.js';
import { RouterProof } from './router-proof.js';
import { ROUTER_PROOF_HEADER } from './sign-for-service.js';
import { KeysUnavailable } from './token-keys.js';
import { VerifiedTokens, type Identity } from './verified-tokens.js';

/** What a token says; anything else in it is none of our business. */
const Claims = z.object({
  sub: z.string().refine(isExternalId),
  scope: z.union([z.string(), z.array(z.string())]).optional(),
  level: z.string().max(64).optional(),
  iat: z.number(),
  exp: z.number(),
});

/** Clocks of two machines may differ this much. */
const CLOCK_TOLERANCE_S = 10;
const TOKEN_LENGTH_MAX = 8_192;

/** Headers of a token that name or bring a key: keys come from the identity provider alone. */
const BRINGS_A_KEY = ['jku', 'jwk', 'x5u', 'x5c', 'crit'];
/** What an access token calls itself (RFC 9068 and the older habit); an id or logout token does not. */
const ACCESS_TOKEN_TYPES = /^(?:application\/)?(?:at\+jwt|jwt)$/i;

/** The parts of a request that say who sent it. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  /** The address at the other end of the socket: the router's, where there is one. */
  readonly ip: string;
  /** The JSON body. */
  readonly body: unknown;
}

const NOBODY = { userId: null, scopes: new Set<string>(), level: null };

export class Authenticate {
  private readonly proof: RouterProof;
  private readonly tokens: VerifiedTokens;

  constructor(
    private readonly config: Config,
    private readonly keys: JWTVerifyGetKey,
    clock: Clock = systemClock,
  ) {
    this.proof = new RouterProof(config.auth.routerSecrets, clock);
    this.tokens = new VerifiedTokens((token) => this.verify(token), clock);
  }

  /** @throws as `caller` */
  async context(
    { headers, ip, body }: Arrival,
    requestId: string,
  ): Promise<Omit<RequestContext, 'beganAtMs'>> {
    const isRouter = this.requireRouter(headers, body);
    const address = isRouter ? forwardedAddress(headers, this.config.auth.trustedHops) : ip;
    return { caller: await this.identify(headers, address), isRouter, requestId };
  }

  /**
   * @throws GraphQLError UNAUTHENTICATED (HTTP 401): a token that is not good, or no proof of the router;
   *   UNAVAILABLE (HTTP 503): nobody can say whether it is good
   */
  async caller(headers: IncomingHttpHeaders, ip: string, body?: unknown): Promise<Caller> {
    return (await this.context({ headers, ip, body }, '')).caller;
  }

  private async identify(headers: IncomingHttpHeaders, address: string | null): Promise<Caller> {
    const languages = readAcceptLanguage(headers['accept-language']);
    const { authorization } = headers;
    if (authorization === undefined) return { ...NOBODY, languages, address };
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > TOKEN_LENGTH_MAX)
      throw unauthenticated('no bearer token');
    const { userId, scopes, level } = await this.tokens.identityOf(token);
    return { userId, scopes, level, languages, address };
  }

  private async verify(token: string): Promise<Identity> {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.keyOf, {
        algorithms: ['EdDSA', 'ES256', 'RS256'],
        issuer: this.config.auth.issuer,
        audience: this.config.auth.audience,
        clockTolerance: CLOCK_TOLERANCE_S,
        maxTokenAge: this.config.auth.tokenMaxAgeS,
        requiredClaims: ['sub', 'exp', 'iat'],
      }));
    } catch (error) {
      if (error instanceof KeysUnavailable) throw unavailable(error);
      throw unauthenticated('the token is not valid');
    }
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw unauthenticated('the claims of the token are not usable');
    const { sub, iat, exp, scope = [], level = null } = claims.data;
    const scopes = new Set(typeof scope === 'string' ? scope.split(' ') : scope);
    const endS = Math.min(exp, iat + this.config.auth.tokenMaxAgeS);
    return { userId: sub, scopes, level, expiresAtMs: endS * 1_000 };
  }

  /** Looks at the header before any key is asked for, so that no token makes us ask. */
  private readonly keyOf: JWTVerifyGetKey = (header, token) => {
    const brings = BRINGS_A_KEY.some((name) => name in header);
    if (brings || !ACCESS_TOKEN_TYPES.test(header.typ ?? ''))
      throw new errors.JWTInvalid('the header of the token is not that of an access token');
    return this.keys(header, token);
  };

  /** @returns whether the request carries the router's proof; false: none is asked for */
  private requireRouter(headers: IncomingHttpHeaders, body: unknown): boolean {
    if (this.config.auth.routerSecrets.length === 0) return false;
    const header = headers[ROUTER_PROOF_HEADER];
    const { authorization } = headers;
    const forwardedFor = headers['x-forwarded-for'] as string | undefined;
    if (!this.proof.isGood(header?.toString(), { authorization, forwardedFor, body }))
      throw unauthenticated('only the router may ask');
    return true;
  }
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
