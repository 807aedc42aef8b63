/** Enforces the table of access.ts in code, and writes it into the SDL for the router. */
import {
  Kind,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { NotAllowed, NotAuthenticated, type Caller } from '../kernel/caller.js';
import type { RequestContext } from '../graph/request.js';
import { accessOf, type Access } from './access.js';

/** Adds `@authenticated` and `@requiresScopes` to every field that the table protects. */
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

/** Wraps the resolver of every protected field. */
export function enforceAccess(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (FEDERATION.has(`${type.name}.${field.name}`)) continue;
      const access = accessOf(type.name, field.name);
      if (access === 'public') continue;
      const resolve = field.resolve;
      if (resolve === undefined)
        throw new Error(`${type.name}.${field.name} has no resolver to guard`);
      field.resolve = (source, args, context: RequestContext, info) => {
        demand(access, context.caller);
        return resolve(source, args, context, info);
      };
    }
  }
}

function demand(access: Access, caller: Caller): void {
  if (access === 'public') return;
  if (caller.userId === null) throw new NotAuthenticated();
  if (access === 'signedIn') return;
  if (!access.some((scope) => caller.scopes.has(scope))) {
    throw new NotAllowed(`the scope ${access.join(' or ')}`);
  }
}

function directivesOf(access: Access): ConstDirectiveNode[] {
  if (access === 'public') return [];
  if (access === 'signedIn') return [directive('authenticated')];
  const anyOf = access.map((scope) => ({
    kind: Kind.LIST as const,
    values: [{ kind: Kind.STRING as const, value: scope }],
  }));
  return [
    {
      ...directive('requiresScopes'),
      arguments: [
        {
          kind: Kind.ARGUMENT,
          name: { kind: Kind.NAME, value: 'scopes' },
          value: { kind: Kind.LIST, values: anyOf },
        },
      ],
    },
  ];
}

function directive(name: string): ConstDirectiveNode {
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name } };
}
