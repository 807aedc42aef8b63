/** Bounds on the shape of a document, checked before anything of it runs. */
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import {
  GRAPHQL_ALIASES_MAX,
  GRAPHQL_DIRECTIVES_MAX,
  GRAPHQL_DEPTH_MAX,
  GRAPHQL_MUTATIONS_MAX,
  GRAPHQL_TOKENS_MAX,
} from '../config/limits.js';
import type { RequestContext } from '../graph/request.js';
import { costLimitPlugin } from './query-cost.js';
import { safelistPlugin, type Safelist } from './safelist.js';

/** A list of claims in one request would dodge every rate. */
const limitMutations: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(operation) {
    if (operation.operation === OperationTypeNode.SUBSCRIPTION)
      context.reportError(new GraphQLError('There are no subscriptions.'));
    if (operation.operation !== OperationTypeNode.MUTATION) return;
    const fields = operation.selectionSet.selections;
    const isPlain = fields.every(({ kind }) => kind === Kind.FIELD);
    if (!isPlain || fields.length > GRAPHQL_MUTATIONS_MAX) {
      context.reportError(
        new GraphQLError(`At most ${GRAPHQL_MUTATIONS_MAX} mutations in one request.`),
      );
    }
  },
});

/**
 * Depth, aliases and directives are graphql-armor's. Tokens are the parser's own bound: armor's is thrown
 * where it counts as a fault of the service. Cost is ours: armor's knows no lists.
 */
export function queryLimits(safelist?: Safelist) {
  const armor = new ApolloArmor({
    maxTokens: { enabled: false },
    maxDepth: { n: GRAPHQL_DEPTH_MAX },
    maxAliases: { n: GRAPHQL_ALIASES_MAX },
    maxDirectives: { n: GRAPHQL_DIRECTIVES_MAX },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: true },
  });
  const { plugins, validationRules } = armor.protect();
  return {
    plugins: [
      ...(plugins as unknown as ApolloServerPlugin<RequestContext>[]),
      ...(safelist === undefined ? [] : [safelistPlugin(safelist)]),
      costLimitPlugin,
    ],
    parseOptions: { maxTokens: GRAPHQL_TOKENS_MAX },
    validationRules: [...validationRules, limitMutations],
  };
}
