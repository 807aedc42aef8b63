/** Enforces the table of access.ts in code, and writes it into the SDL for the router. */
import {
  defaultFieldResolver,
  Kind,
  visit,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import { InputError } from '../kernel/input-error.js';
import { NotAllowed, NotAuthenticated, type Caller } from '../kernel/caller.js';
import type { RequestContext } from '../graph/request.js';
import { accessOf, COORDINATES, type Access, type RootAccess } from './access.js';

/**
 * Adds `@authenticated`, `@requiresScopes` and, for fields of a scope, `@tag` with the scope's own name to
 * every field that the table protects: a registry's contract without these tags is the customers' API.
 */
export function withAccessDirectives(sdl: DocumentNode): DocumentNode {
  return visit(sdl, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: (type.fields ?? []).map((field) => ({
        ...field,
        directives: [
          ...(field.directives ?? []),
          ...directivesOf(accessOf(type.name.value, field.name.value)),
        ],
      })),
    }),
  });
}

/** Federation's own; `_entities` has its guard in entities.ts. Whatever else begins with `_` is ours. */
const FEDERATION = new Set(['_Service.sdl', 'Query._service', 'Query._entities']);

/**
 * Wraps the resolver of every protected field.
 *
 * @throws for a field without a line, a protected one of Query or Mutation without a resolver (other objects may
 *   have it under its name), and a protected one of an interface: a router does not see the guard of a type
 *   behind it (GHSA-mx7m-j9xf-62hw)
 */
export function enforceAccess(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  for (const type of Object.values(schema.getTypeMap())) {
    const hasFields = isObjectType(type) || isInterfaceType(type);
    if (!hasFields || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (FEDERATION.has(`${type.name}.${field.name}`)) continue;
      const access = accessOf(type.name, field.name);
      if (isOpen(access)) continue;
      if (isInterfaceType(type))
        throw new Error(`${type.name}.${field.name}: a field of an interface cannot be guarded`);
      if (access === 'external') {
        field.resolve = () => {
          throw new InputError(`${type.name}.${field.name}`, 'is answered by another subgraph');
        };
        continue;
      }
      const resolve = field.resolve ?? (roots.includes(type) ? undefined : defaultFieldResolver);
      if (resolve === undefined)
        throw new Error(`${type.name}.${field.name} has no resolver to guard`);
      field.resolve = (source, args, context: RequestContext, info) => {
        demand(access, context.caller);
        return resolve(source, args, context, info);
      };
    }
  }
}

/** @throws naming every line of the table that has no field (any more) */
export function refuseStaleLines(schema: GraphQLSchema): void {
  const stale = COORDINATES.filter((coordinate) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const hasFields = isObjectType(type) || isInterfaceType(type);
    return !hasFields || type.getFields()[fieldName] === undefined;
  });
  if (stale.length > 0)
    throw new Error(`subgraph/access.ts has lines without a field: ${stale.join(', ')}`);
}

function isOpen(access: Access): access is 'public' | 'reached' {
  return access === 'public' || access === 'reached';
}

function demand(access: RootAccess, caller: Caller): void {
  if (access === 'public') return;
  if (caller.userId === null) throw new NotAuthenticated();
  if (access === 'signedIn') return;
  if (!access.some((scope) => caller.scopes.has(scope))) {
    throw new NotAllowed(`the scope ${access.join(' or ')}`);
  }
}

function directivesOf(access: Access): ConstDirectiveNode[] {
  if (isOpen(access) || access === 'external') return [];
  if (access === 'signedIn') return [directive('authenticated')];
  const anyOf = access.map((scope) => list([text(scope)]));
  const tags = access.map((scope) => directive('tag', { name: text(scope.replace(/^.*:/, '')) }));
  return [directive('requiresScopes', { scopes: list(anyOf) }), ...tags];
}

function directive(name: string, given: Record<string, ConstValueNode> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(given).map(([argument, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: argument },
      value,
    })),
  };
}

function list(values: readonly ConstValueNode[]): ConstValueNode {
  return { kind: Kind.LIST, values };
}

function text(value: string): ConstValueNode {
  return { kind: Kind.STRING, value };
}
