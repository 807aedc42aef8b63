/**
 * The gateway of the sample graph: Hive Gateway over the composed supergraph.
 *
 * It enforces @authenticated and @requiresScopes before it asks anybody, and hands the caller's token and
 * language on; the subgraphs check the token again. To coupons it proves that it is the router. Its GraphiQL comes from a package, not from a CDN.
 */
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Identify, Identity } from '../identify.js';
import { signRequests, type ProvenService } from './sign-requests.js';

/** A sample query in GraphiQL; headers and variables are JSON. */
export interface Tab {
  readonly query: string;
  readonly variables: string;
  readonly headers: string;
}

export interface GatewayParts {
  readonly supergraph: string;
  readonly identify: Identify;
  /** Given where the coupons subgraph demands a proof. */
  readonly coupons?: ProvenService;
  /** Asked for each page view. */
  readonly tabs: () => readonly Tab[];
}

const HANDED_ON = ['authorization', 'accept-language'] as const;

export type Gateway = ReturnType<typeof createGateway>;

export function createGateway({ supergraph, identify, coupons, tabs }: GatewayParts) {
  return createGatewayRuntime({
    supergraph,
    logging: 'warn',
    landingPage: false,
    graphqlEndpoint: '/graphql',
    maskedErrors: true,
    genericAuth: {
      mode: 'protect-granular',
      resolveUserFn: ({ request }) => identify(request.headers.get('authorization')),
      // Asked for callers without a token too.
      extractScopes: (identity: Partial<Identity> | null) => [...(identity?.scopes ?? [])],
    },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) =>
        Object.fromEntries(HANDED_ON.map((name) => [name, request.headers.get(name)])),
    },
    plugins: () => (coupons === undefined ? [] : [signRequests(coupons)]),
    graphiql: () => ({ title: 'Coupons: the sample graph', defaultTabs: [...tabs()] }),
    renderGraphiQL: (options) => withFreshTabs(renderGraphiQL(options), tabs()),
  });
}

/**
 * Every load opens the sample tabs: those the browser kept may have tokens and ids of an earlier run.
 * GraphiQL takes the headers of the tab it opens with from its storage, not from the tab.
 */
function withFreshTabs(html: string, tabs: readonly Tab[]): string {
  const script = `<script>
        localStorage.clear();
        localStorage.setItem('graphiql:headers', ${JSON.stringify(tabs[0]?.headers ?? '')});
      </script>`;
  return html.replace('<div id="root"></div>', (root) => `${root}\n      ${script}`);
}
