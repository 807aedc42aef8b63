/**
 * A plugin of Hive Gateway that proves to the coupons subgraph that the gateway asks it. It signs at the
 * last moment, so that what is signed is what is sent; a request sent again is signed again.
 */
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { ROUTER_PROOF_HEADER, signForService } from '../../subgraph/sign-for-service.js';

/** Where the service is, and one of its ROUTER_SECRETS. */
export interface ProvenService {
  readonly url: string;
  readonly routerSecret: string;
}

export function signRequests({ url: serviceUrl, routerSecret }: ProvenService): GatewayPlugin {
  return {
    onFetch({ url, fetchFn, setFetchFn }) {
      if (url !== serviceUrl) return;
      setFetchFn((target, options, ...more) => {
        const headers = new Headers(options?.headers);
        const proof = signForService(
          routerSecret,
          {
            authorization: headers.get('authorization') ?? undefined,
            forwardedFor: headers.get('x-forwarded-for') ?? undefined,
            body: JSON.parse(options?.body as string),
          },
          Date.now(),
        );
        headers.set(ROUTER_PROOF_HEADER, proof);
        return fetchFn(target, { ...options, headers: Object.fromEntries(headers) }, ...more);
      });
    },
  };
}
