/**
 * What the gateway asks by key. `_entities` passes by the guards of queries, so each reference decides
 * for itself with the same use cases, and the list of representations has a bound.
 *
 * A reference must be async: one that throws at once would fail the whole list, not its element.
 */
import type { GraphQLSchema } from 'graphql';
import { ENTITY_REPRESENTATIONS_MAX, ROUTER_REPRESENTATIONS_MAX } from '../config/limits.js';
import type { RequestContext } from '../graph/request.js';
import { requireInput } from '../kernel/input-error.js';

export type ResolveReference = (
  reference: { readonly id: string } & Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<unknown>;

interface EntitiesArgs {
  readonly representations: readonly { readonly __typename: string; readonly id?: unknown }[];
}

/** Refuses too many representations, unknown types, and keys that are not text. */
export function guardEntities(schema: GraphQLSchema, known: ReadonlySet<string>): void {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolve = field?.resolve;
  if (field === undefined || resolve === undefined) throw new Error('the schema has no _entities');
  field.resolve = (source, args: EntitiesArgs, context: RequestContext, info) => {
    const { representations } = args;
    const max = context.isRouter ? ROUTER_REPRESENTATIONS_MAX : ENTITY_REPRESENTATIONS_MAX;
    requireInput(
      representations.length <= max,
      'representations',
      `must have at most ${max} entries`,
    );
    representations.forEach((representation, index) => {
      const here = `representations[${index}]`;
      requireInput(known.has(representation.__typename), `${here}.__typename`, 'is not known here');
      requireInput(typeof representation.id === 'string', `${here}.id`, 'must be a string');
    });
    return resolve(source, args, context, info);
  };
}
