/**
 * For how long the answer of an operation may be kept, and by whom: from its document and the hints in the schema
 * alone, so once an operation and not once a field of every answer.
 *
 * It is Apollo's rule (@cacheControl): a field has the hint of its own, else of its type; a root field or an object
 * without one has 0, anything else what it is part of; the least of all counts, and PRIVATE wins. Apollo looks at what
 * was resolved, this at all that could be. So it never allows more than Apollo would, and may allow less. Of
 * `_entities` the types count that fragments ask for, as in @apollo/subgraph.
 */
import {
  getDirectiveValues,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export interface CachePolicy {
  /** 0: not at all. */
  readonly maxAgeS: number;
  readonly isPrivate: boolean;
}

interface Hint {
  readonly maxAge?: number;
  readonly scope?: 'PUBLIC' | 'PRIVATE';
  readonly inheritMaxAge?: boolean;
}

export function cachePolicyOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CachePolicy {
  const root = operation.operation === OperationTypeNode.QUERY ? schema.getQueryType() : undefined;
  if (!root) return { maxAgeS: 0, isPrivate: true };
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const walk = new Walk(schema, fragments);
  walk.through(operation.selectionSet, root);
  return { maxAgeS: Number.isFinite(walk.maxAgeS) ? walk.maxAgeS : 0, isPrivate: walk.isPrivate };
}

class Walk {
  maxAgeS = Infinity;
  isPrivate = false;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  through({ selections }: SelectionSetNode, parent: GraphQLCompositeType): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        this.field(selection, parent);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : this.fragments.get(selection.name.value)!;
      const name = fragment.typeCondition?.name.value;
      const type = name === undefined ? parent : this.schema.getType(name);
      if (!isCompositeType(type)) continue;
      if (isEntities(parent) && type !== parent)
        this.restrict({ maxAge: 0, ...hintOf(this.schema, type.astNode) });
      this.through(fragment.selectionSet, type);
    }
  }

  private field(node: FieldNode, parent: GraphQLCompositeType): void {
    if (node.name.value === '__typename') return;
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    // __schema and __type: what they tell may be an operator's alone.
    if (field === undefined) return this.restrict({ maxAge: 0 });
    const type = getNamedType(field.type);
    const isObject = isCompositeType(type);
    const ofType = isObject ? hintOf(this.schema, type.astNode) : {};
    const own = hintOf(this.schema, field.astNode);
    const maxAge = own.maxAge ?? ofType.maxAge;
    const scope = own.scope ?? ofType.scope;
    const inherits = (own.inheritMaxAge ?? false) || (ofType.inheritMaxAge ?? false);
    const isRoot = parent === this.schema.getQueryType();
    const hasDefault = isRoot ? !isEntities(type) : isObject && !inherits;
    const restricted = maxAge ?? (hasDefault ? 0 : undefined);
    this.restrict({
      ...(restricted !== undefined && { maxAge: restricted }),
      ...(scope && { scope }),
    });
    if (node.selectionSet !== undefined && isObject) this.through(node.selectionSet, type);
  }

  private restrict({ maxAge, scope }: Hint): void {
    if (maxAge !== undefined) this.maxAgeS = Math.min(this.maxAgeS, maxAge);
    if (scope === 'PRIVATE') this.isPrivate = true;
  }
}

function isEntities(type: unknown): boolean {
  return isCompositeType(type) && !isObjectType(type) && type.name === '_Entity';
}

function hintOf(schema: GraphQLSchema, node: ASTNode | null | undefined): Hint {
  const directive = schema.getDirective('cacheControl');
  if (!directive || !node || !('directives' in node)) return {};
  return getDirectiveValues(directive, node) ?? {};
}
