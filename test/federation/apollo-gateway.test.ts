/**
 * A second opinion on the supergraph: Apollo Gateway plans and answers the same queries.
 *
 * It refuses a supergraph with security directives, so they are taken out for it; the subgraphs decide
 * alone then, and must refuse by themselves. Its hook signs what it is about to send.
 */
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { parse, print, visit } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FillCartDocument, PlaceDocument } from '../../src/demo/generated/operations.js';
import { composeSupergraph } from '../../src/demo/gateway/compose-supergraph.js';
import { ROUTER_PROOF_HEADER, signForService } from '../../src/subgraph/sign-for-service.js';
import {
  OrderWithItsRedemptionAndQuoteDocument,
  UserWithCouponsDocument,
} from '../generated/operations.js';
import { seedCoupon, seedTemplate } from '../kit/seed.js';
import { ask } from '../kit/service.js';
import { dataOf, ROUTER_SECRET, startSubgraphs, type Subgraphs } from './sample-graph.js';

interface Context {
  readonly authorization?: string | undefined;
}

let subgraphs: Subgraphs;
let server: ApolloServer<Context>;
let url: string;

beforeAll(async () => {
  subgraphs = await startSubgraphs();
  const gateway = new ApolloGateway({
    supergraphSdl: withoutSecurity(await composeSupergraph(subgraphs.urls)),
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Context>({
        ...(url === undefined ? {} : { url }),
        willSendRequest: ({ request, context }) => {
          const { authorization } = context;
          if (authorization) request.http?.headers.set('authorization', authorization);
          const proof = signForService(ROUTER_SECRET, { authorization, body: request }, Date.now());
          if (url === subgraphs.urls.coupons) request.http?.headers.set(ROUTER_PROOF_HEADER, proof);
        },
      }),
  });
  server = new ApolloServer<Context>({ gateway, stopOnTerminationSignals: false });
  ({ url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  }));
});
afterAll(async () => {
  await server.stop();
  await subgraphs.stop();
});

it('joins an order with its redemption and its quote, and its customer with coupons', async () => {
  const { token, couponId } = await shopperWithCoupon('anna');
  const lines = [{ productId: 'tea', quantity: 2 }];
  const { createOrder } = await dataOf(url, FillCartDocument, { input: { lines } }, token);
  const { id: orderId, discountQuote } = createOrder;
  const input = { orderId, quoteId: discountQuote!.id };
  await dataOf(url, PlaceDocument, { input }, token);
  const { order } = await dataOf(
    url,
    OrderWithItsRedemptionAndQuoteDocument,
    { id: orderId },
    token,
  );
  expect(order).toMatchObject({
    customer: { coupons: { totalCount: 1, nodes: [{ status: 'HELD', order: { id: orderId } }] } },
    redemption: { status: 'HELD', coupons: [{ id: couponId }] },
    discountQuote: { id: discountQuote!.id, payable: { amount: '81.00' } },
  });
});

it('joins a user with coupons, and shows them to nobody else', async () => {
  const { token } = await shopperWithCoupon('bert');
  const { user } = await dataOf(url, UserWithCouponsDocument, { id: 'bert' }, token);
  expect(user!.coupons).toMatchObject({ totalCount: 1, nodes: [{ owner: { name: user!.name } }] });
  const stranger = await subgraphs.service.token({ sub: 'carla' });
  for (const other of [stranger, undefined]) {
    const { data, errors } = await ask(url, UserWithCouponsDocument, { id: 'bert' }, other);
    expect(data?.user ?? null).toBeNull();
    expect(errors[0]!.extensions.code).toBe(other ? 'FORBIDDEN' : 'UNAUTHENTICATED');
  }
});

async function shopperWithCoupon(sub: string): Promise<{ token: string; couponId: string }> {
  const { database } = subgraphs.service.stores;
  const template = await seedTemplate(database);
  const couponId = await seedCoupon(database, { templateId: template.id, userId: sub });
  return { token: await subgraphs.service.token({ sub }), couponId };
}

/** The supergraph without @authenticated and @requiresScopes, and without their links. */
function withoutSecurity(supergraph: string): string {
  const names = new Set(['authenticated', 'requiresScopes']);
  const withoutUses = visit(parse(supergraph), {
    Directive: ({ name, arguments: given = [] }) => {
      const isSecurityLink =
        name.value === 'link' && given.some((one) => print(one) === 'for: SECURITY');
      return names.has(name.value) || isSecurityLink ? null : undefined;
    },
    DirectiveDefinition: ({ name }) => (names.has(name.value) ? null : undefined),
    ScalarTypeDefinition: ({ name }) => (name.value === 'requiresScopes__Scope' ? null : undefined),
  });
  return print(withoutUses);
}
