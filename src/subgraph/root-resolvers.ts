/**
 * The fields of Query and Mutation as functions of our own, made of what the decorators say. type-graphql's make
 * an instance of an input's class for every request, and look for that class and those of its fields among all
 * there are; here an input comes as graphql-js has checked it, as plain data (docs/performance.md).
 *
 * Promise: a decorator that is not known here is an error at the start, not an argument that is missing later.
 */
import type { GraphQLFieldResolver } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** Resolver classes with the one instance each that answers for them. */
export type Resolvers = ReadonlyMap<Function, object>;

type Metadata = ReturnType<typeof getMetadataStorage>['queries'][number];
type Parameter = NonNullable<Metadata['params']>[number];
type Resolve = GraphQLFieldResolver<unknown, unknown>;
type Read = (args: Readonly<Record<string, unknown>>, context: unknown) => unknown;
type Method = (...given: readonly unknown[]) => unknown;

/** By type and field. Only after type-graphql has built a schema of the classes of `resolvers`. */
export function rootResolvers(
  resolvers: Resolvers,
): Record<'Query' | 'Mutation', Record<string, Resolve>> {
  const { queries, mutations } = getMetadataStorage();
  const own = (fields: readonly Metadata[]): Record<string, Resolve> =>
    Object.fromEntries(
      fields.flatMap((field) => {
        const instance = resolvers.get(field.target);
        return instance === undefined ? [] : [[field.schemaName, resolveOf(field, instance)]];
      }),
    );
  return { Query: own(queries), Mutation: own(mutations) };
}

function resolveOf(field: Metadata, instance: object): Resolve {
  const { methodName, params = [], middlewares = [], roles } = field;
  if (middlewares.length > 0 || roles !== undefined)
    throw new Error(`${field.schemaName}: access.ts says who may ask, not a decorator`);
  const reads = params.toSorted((a, b) => a.index - b.index).map((one) => readOf(field, one));
  const method = (instance as Record<string, Method>)[methodName]!;
  return (_source, args, context) =>
    method.apply(
      instance,
      reads.map((read) => read(args, context)),
    );
}

function readOf({ schemaName }: Metadata, parameter: Parameter): Read {
  if (parameter.kind === 'arg') {
    const { name } = parameter;
    return (args) => args[name];
  }
  if (parameter.kind === 'context' && parameter.propertyName === undefined)
    return (_args, context) => context;
  throw new Error(`${schemaName}: no root field has a parameter of the kind ${parameter.kind} yet`);
}
