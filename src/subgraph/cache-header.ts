/**
 * The header Cache-Control of answers: what the hints of the schema allow (cache-hints.ts), worked out once an
 * operation. Apollo's own plugin would wrap every resolver for it.
 *
 * An answer is public only where nobody showed who he is: of an experiment a signed-in user sees the own arm, an
 * operator sees drafts. What failed in any part is kept nowhere. Mutations have no such header.
 */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { OperationTypeNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../graph/request.js';
import { cachePolicyOf, type CachePolicy } from './cache-policy.js';

export function cacheHeader(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  const policies = new WeakMap<OperationDefinitionNode, CachePolicy>();
  const listener: GraphQLRequestListener<RequestContext> = {
    willSendResponse: async ({ document, operation, contextValue, response }) => {
      if (operation?.operation === OperationTypeNode.MUTATION) return;
      const { headers } = response.http;
      headers.set('cache-control', 'no-store');
      const isWhole =
        response.body.kind === 'single' && response.body.singleResult.errors === undefined;
      if (!isWhole || document === undefined || operation === undefined) return;
      let policy = policies.get(operation);
      if (policy === undefined)
        policies.set(operation, (policy = cachePolicyOf(schema, document, operation)));
      const { maxAgeS, isPrivate } = policy;
      if (maxAgeS === 0) return;
      const isPublic = !isPrivate && contextValue.caller.userId === null;
      headers.set('cache-control', `max-age=${maxAgeS}, ${isPublic ? 'public' : 'private'}`);
    },
  };
  return { requestDidStart: async () => listener };
}
