/**
 * From the resolver classes to the federated schema: type-graphql makes the types, the SDL is printed
 * with the directives of the access table, and @apollo/subgraph builds the schema that is served.
 */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { isAbstractType, parse, print, type GraphQLSchema } from 'graphql';
import {
  buildSchema,
  createResolversMap,
  getMetadataStorage,
  type NonEmptyArray,
} from 'type-graphql';
import { CACHE_DEFINITIONS, refuseStaleHints, withCacheDirectives } from './cache-hints.js';
import { guardEntities, type ResolveReference } from './entities.js';
import { enforceAccess, refuseStaleLines, withAccessDirectives } from './enforce-access.js';
import { rootResolvers, type Resolvers } from './root-resolvers.js';

const LINK = `extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v2.9"
    import: ["@key", "@external", "@requires", "@shareable", "@tag", "@authenticated", "@requiresScopes"]
  )
`;

type Modules = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>;

export interface Subgraph {
  readonly schema: GraphQLSchema;
  /** What composition reads; kept in schema/coupons.graphql. */
  readonly sdl: string;
}

export async function buildSubgraph(
  resolvers: Resolvers,
  references: Readonly<Record<string, ResolveReference>>,
): Promise<Subgraph> {
  // What an object has under its name needs no resolver: compiled operations read it in place.
  for (const type of getMetadataStorage().objectTypes) type.simpleResolvers = true;
  const base = await buildSchema({
    resolvers: [...resolvers.keys()] as NonEmptyArray<Function>,
    container: { get: (someClass) => resolvers.get(someClass) },
    skipCheck: true,
    validate: false,
  });
  const document = withCacheDirectives(
    withAccessDirectives(parse(printSchemaWithDirectives(base))),
  );
  const resolverMap = createResolversMap(base) as Record<string, object>;
  for (const [typeName, fields] of Object.entries(rootResolvers(resolvers)))
    resolverMap[typeName] = { ...resolverMap[typeName], ...fields };
  for (const [typeName, reference] of Object.entries(references)) {
    resolverMap[typeName] = { ...resolverMap[typeName], __resolveReference: reference };
  }
  for (const { name } of Object.values(base.getTypeMap()).filter(isAbstractType)) {
    resolverMap[name] = { ...resolverMap[name], __resolveType: typeNameOf };
  }
  const modules = [
    { typeDefs: parse(LINK + CACHE_DEFINITIONS) },
    { typeDefs: document, resolvers: resolverMap },
  ];
  const schema = buildSubgraphSchema(modules as Modules);
  enforceAccess(schema);
  refuseStaleLines(schema);
  refuseStaleHints(schema);
  guardEntities(schema, new Set(Object.keys(references)));
  return { schema, sdl: `${LINK}\n${CACHE_DEFINITIONS}\n${print(document)}\n` };
}

/** Values of unions carry their type's name. type-graphql's own resolver waits for what is there already. */
function typeNameOf(value: { readonly __typename?: string }): string | undefined {
  return value.__typename;
}
