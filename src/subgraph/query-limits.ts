/** Bounds on the shape of a document, checked before anything of it runs. */
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
  GRAPHQL_DEPTH_MAX,
  GRAPHQL_MUTATIONS_MAX,
  GRAPHQL_TOKENS_MAX,
} from '../config/limits.js';

/** A list of claims in one request would dodge every rate. */
const limitMutations: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition(operation) {
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

/** Tokens are the parser's own bound: armor's is thrown where it counts as a fault of the service. */
export function queryLimits() {
  const armor = new ApolloArmor({
    maxTokens: { enabled: false },
    maxDepth: { n: GRAPHQL_DEPTH_MAX },
    maxAliases: { n: GRAPHQL_ALIASES_MAX },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: true },
  });
  const { plugins, validationRules } = armor.protect();
  return {
    plugins,
    parseOptions: { maxTokens: GRAPHQL_TOKENS_MAX },
    validationRules: [...validationRules, limitMutations],
  };
}
