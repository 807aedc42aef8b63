/**
 * Persisted operations: what the shop's own pages ask, and nothing else. The list is the manifest that
 * `@apollo/generate-persisted-query-manifest` writes; OPERATIONS_MANIFEST names the file.
 *
 * The router takes the list for what customers send. It then plans documents of its own, which no list can
 * know; so here a proven router may use the root fields that listed operations use, and anybody else may
 * send a listed document only, to the letter. docs/adr/0012 says why.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  Kind,
  parse,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../config/environment.js';
import type { RequestContext } from '../graph/request.js';

const Manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

export interface Safelist {
  /** SHA-256 of each document, hex. */
  readonly hashes: ReadonlySet<string>;
  /** `query myCoupons`, `mutation claimCoupon`. */
  readonly rootFields: ReadonlySet<string>;
}

/** Federation's own: whatever they lead to was reached from a listed operation, or leads nowhere. */
const ALWAYS = new Set(['query _entities', 'query _service', 'query __typename']);

/** @throws ConfigError if it cannot be read, or an id is not the hash of its document */
export async function readSafelist(file: string): Promise<Safelist> {
  try {
    const { operations } = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
    const wrong = operations.filter(({ id, body }) => id !== sha256(body));
    if (wrong.length > 0) throw new Error(`${wrong[0]!.id} is not the SHA-256 of its body`);
    const documents = operations.map(({ body }) => parse(body));
    return {
      hashes: new Set(operations.map(({ id }) => id)),
      rootFields: new Set(documents.flatMap(rootFieldsOf)),
    };
  } catch (error) {
    throw new ConfigError(`OPERATIONS_MANIFEST ${file} is not usable: ${(error as Error).message}`);
  }
}

export function safelistPlugin(safelist: Safelist): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ contextValue, source, document, operation }) => {
        if (operation === undefined) return;
        const isListed = contextValue.isRouter
          ? fieldsOf(operation, document).every(
              (field) => ALWAYS.has(field) || safelist.rootFields.has(field),
            )
          : safelist.hashes.has(sha256(source));
        if (isListed) return;
        throw new GraphQLError('This operation is not on the list.', {
          extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST', http: { status: 400 } },
        });
      },
    }),
  };
}

function rootFieldsOf(document: DocumentNode): string[] {
  return document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? fieldsOf(one, document) : [],
  );
}

/** The root fields of an operation, through fragments, each fragment looked into once. */
function fieldsOf(operation: OperationDefinitionNode, document: DocumentNode): string[] {
  const seen = new Set<string>();
  const names = (set: SelectionSetNode): string[] =>
    set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT) return names(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return [];
      seen.add(name);
      const fragment = document.definitions.find(
        (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
      );
      return fragment?.kind === Kind.FRAGMENT_DEFINITION ? names(fragment.selectionSet) : [];
    });
  return names(operation.selectionSet).map((name) => `${operation.operation} ${name}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
