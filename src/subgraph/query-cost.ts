/**
 * How large an answer a document asks for, before any of it runs. Depth and tokens do not bound that: a
 * page of a hundred wallets of a hundred coupons is four levels deep.
 *
 * Every field counts one, times the sizes of the lists around it: of a connection as many as `first` says,
 * of `_entities` as many as there are representations, of any other list a guess.
 */
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { GRAPHQL_COST_MAX, LIST_SIZE_GUESS, PAGE_SIZE_MAX } from '../config/limits.js';
import type { RequestContext } from '../graph/request.js';

export interface CostQuestion {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Cost {
  /** Fields of the largest answer; Infinity for what doubles in fragments. */
  readonly fields: number;
  /** Whatever the variables are. */
  readonly isFixed: boolean;
}

/** The document must be valid. */
export function costOf({ schema, operation, fragments, variables }: CostQuestion): Cost {
  let isFixed = true;
  /** A fragment costs the same wherever it is spread, so a bomb of fragments is walked once. */
  const known = new Map<string, number>();
  const root = schema.getRootType(operation.operation);
  const fields = root ? costOfSelection(operation.selectionSet, root, undefined) : 0;
  return { fields, isFixed };

  function costOfSelection(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType,
    page: number | undefined,
  ): number {
    let cost = 0;
    /** An object is of one type only, so of alternatives the dearest counts. */
    const alternatives = new Map<string, number>();
    const add = (condition: string, more: number): void => {
      if (!isAbstractType(type)) cost += more;
      else alternatives.set(condition, (alternatives.get(condition) ?? 0) + more);
    };
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, type, page);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const within = narrowed(type, selection);
        add(within.name, costOfSelection(selection.selectionSet, within, page));
      } else add(selection.name.value, costOfFragment(selection.name.value, page));
    }
    return cost + Math.max(0, ...alternatives.values());
  }

  function costOfFragment(name: string, page: number | undefined): number {
    const key = `${name} ${page}`;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    if (fragment === undefined || type === undefined) return 0;
    const cost = known.get(key) ?? costOfSelection(fragment.selectionSet, type, page);
    known.set(key, cost);
    return cost;
  }

  function costOfField(node: FieldNode, type: GraphQLNamedType, page: number | undefined): number {
    const hasFields = isObjectType(type) || isInterfaceType(type);
    const field = hasFields ? type.getFields()[node.name.value] : undefined;
    const child = field && getNamedType(field.type);
    if (field === undefined || node.selectionSet === undefined || !isCompositeType(child)) return 1;
    const first = pageOf(node, field);
    const isList = isListType(getNullableType(field.type));
    const size = isList ? (representationsOf(node) ?? first ?? page ?? LIST_SIZE_GUESS) : 1;
    return 1 + size * costOfSelection(node.selectionSet, child, isList ? undefined : first);
  }

  function narrowed(
    type: GraphQLNamedType,
    { typeCondition }: { readonly typeCondition?: { readonly name: { readonly value: string } } },
  ): GraphQLNamedType {
    return (typeCondition && schema.getType(typeCondition.name.value)) ?? type;
  }

  /** What `first` says, as far as the service would follow it; undefined: not a field with pages. */
  function pageOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const argument = field.args.find(({ name }) => name === 'first');
    if (argument === undefined) return undefined;
    const given = valueOf(node.arguments?.find(({ name }) => name.value === 'first')?.value);
    const first = Number(given ?? argument.defaultValue ?? PAGE_SIZE_MAX);
    return Math.min(Math.max(Number.isNaN(first) ? PAGE_SIZE_MAX : first, 1), PAGE_SIZE_MAX);
  }

  function representationsOf(node: FieldNode): number | undefined {
    if (node.name.value !== '_entities') return undefined;
    const given = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
    const list = given?.kind === Kind.LIST ? given.values : valueOf(given);
    return Array.isArray(list) ? list.length : 1;
  }

  function valueOf(node: ValueNode | undefined): unknown {
    if (node?.kind === Kind.INT) return Number(node.value);
    if (node?.kind !== Kind.VARIABLE) return undefined;
    isFixed = false;
    const name = node.name.value;
    const declared = operation.variableDefinitions?.find((one) => one.variable.name.value === name);
    return name in variables ? variables[name] : valueOf(declared?.defaultValue);
  }
}

/** Operations whose cost no variable changes, and it was within the limit: they are walked once. */
const withinLimit = new WeakSet<OperationDefinitionNode>();

/**
 * @throws GraphQLError (HTTP 400) for a document whose answer would be too large, and for one that names
 *   no operation of its own: whatever ran then was not counted
 */
export function limitCost({
  schema,
  operation,
  document,
  request,
}: GraphQLRequestContextDidResolveOperation<RequestContext>): void {
  if (operation === undefined)
    throw new GraphQLError('There is no such operation in the document.', {
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
    });
  if (withinLimit.has(operation)) return;
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const variables = request.variables ?? {};
  const { fields, isFixed } = costOf({ schema, operation, fragments, variables });
  if (fields > GRAPHQL_COST_MAX)
    throw new GraphQLError(`The answer could have more than ${GRAPHQL_COST_MAX} fields.`, {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
    });
  if (isFixed) withinLimit.add(operation);
}

export const costLimitPlugin: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async () => ({ didResolveOperation: async (context) => limitCost(context) }),
};
