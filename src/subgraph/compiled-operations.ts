/**
 * Operations that come again are compiled once (graphql-jit) instead of being interpreted each time.
 *
 * Promise: the answer is the one that graphql-js gives. What the compiler does otherwise stays with
 * graphql-js: directives, introspection, several mutations in one request (the compiler runs the second
 * after the first has failed), variables that do not fit, and queries in which an error made more null than
 * its own field. A mutation cannot be run twice: if it was done and a field of its answer failed so, the
 * data is the same, but graphql-js may tell more of the errors inside what is null.
 * test/subgraph/compiled-operations.test.ts runs documents of the whole schema through both.
 *
 * Compiling takes milliseconds, so a document is compiled when it was asked for a few times, not before:
 * a stream of documents that are all different costs nothing here. What is compiled goes with its
 * document, of which Apollo keeps a bounded number.
 */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import {
  BREAK,
  getOperationAST,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type GraphQLError,
  type GraphQLErrorExtensions,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { COMPILE_AFTER_REQUESTS } from '../config/limits.js';
import type { RequestContext } from '../graph/request.js';

export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

type Run = CompiledQuery['query'];

/** @returns undefined where graphql-js must say it; then nothing was changed */
export type CompiledOperation = (
  context: RequestContext,
  variables: Readonly<Record<string, unknown>> | undefined,
) => Promise<Answer | undefined>;

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
}

interface Operation {
  asked: number;
  /** undefined: not compiled yet, or never to be. */
  run: CompiledOperation | undefined;
}

/** The operation's own function, where there is one. */
export class CompiledOperations {
  private readonly known = new WeakMap<DocumentNode, Map<string, Operation>>();

  constructor(private readonly schema: GraphQLSchema) {}

  find(document: DocumentNode, operationName: string): CompiledOperation | undefined {
    let operations = this.known.get(document);
    if (operations === undefined) this.known.set(document, (operations = new Map()));
    let operation = operations.get(operationName);
    if (operation === undefined)
      operations.set(operationName, (operation = { asked: 0, run: undefined }));
    operation.asked += 1;
    if (operation.asked === COMPILE_AFTER_REQUESTS)
      operation.run = compile(this.schema, document, operationName);
    return operation.run;
  }
}

/** The operation as a function, or undefined where only graphql-js may run it. */
export function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string,
): CompiledOperation | undefined {
  const operation = getOperationAST(document, operationName || null);
  if (!operation || !isPlain(document)) return undefined;
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const { selections } = operation.selectionSet;
  const isAlone = selections.length === 1 && selections[0]!.kind === Kind.FIELD;
  if (isMutation && !isAlone) return undefined;
  const compiled = compileQuery(schema, document, operationName);
  return isCompiledQuery(compiled) ? asGraphqlJs(compiled.query, isMutation, isAlone) : undefined;
}

function asGraphqlJs(run: Run, isMutation: boolean, isAlone: boolean): CompiledOperation {
  return async (context, variables) => {
    const { data, errors } = await run({}, context, variables ?? {});
    if (data === undefined) return undefined; // the variables do not fit, and nothing was run
    if (errors === undefined) return { data };
    const isSame = errors.every(
      ({ path = [] }) => (isAlone && path.length === 1) || nullsItself(data, path),
    );
    return isSame || isMutation ? { data, errors } : undefined;
  };
}

/** Whether the field of the error became null, and not what it is part of, with other errors in it. */
function nullsItself(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return false;
    value = (value as Record<string | number, unknown>)[key];
  }
  return true;
}

export function compiledOperationsPlugin(
  schema: GraphQLSchema,
  formatError: FormatError,
): ApolloServerPlugin<RequestContext> {
  const operations = new CompiledOperations(schema);
  const listener: GraphQLRequestListener<RequestContext> = {
    responseForOperation: async ({ document, operationName, request, contextValue, response }) => {
      const run = operations.find(document, operationName ?? '');
      if (run === undefined) return null;
      const result = await run(contextValue, request.variables);
      if (result === undefined) return null;
      const { data, errors } = result;
      const formatted = errors && { errors: errors.map((error) => format(error, formatError)) };
      return {
        http: response.http,
        body: { kind: 'single', singleResult: { ...formatted, data } },
      };
    },
  };
  return { requestDidStart: async () => listener };
}

/** As Apollo does for what graphql-js threw; no resolver of ours sets an HTTP status. */
function format(error: GraphQLError, formatError: FormatError): GraphQLFormattedError {
  // The compiler leaves out extensions where there are none, against the type.
  const extensions = error.extensions as GraphQLErrorExtensions | undefined;
  const code = extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR';
  return formatError({ ...error.toJSON(), extensions: { ...extensions, code } }, error);
}

function isPlain(document: DocumentNode): boolean {
  let isPlain = true;
  const other = (): typeof BREAK => {
    isPlain = false;
    return BREAK;
  };
  visit(document, {
    Directive: other,
    [Kind.FIELD]: ({ name }) => (/^__(schema|type)$/.test(name.value) ? other() : undefined),
  });
  return isPlain;
}
