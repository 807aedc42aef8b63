/**
 * Relay connections over keysets: a cursor is the sort key of its node, so a page costs the same however
 * far it is, and rows that come or go between two pages neither repeat nor hide others.
 */
import { Directive, Field, ObjectType } from 'type-graphql';
import { PAGE_SIZE_MAX } from '../config/limits.js';
import { requireInput } from '../kernel/input-error.js';
import { isId } from '../kernel/ids.js';

@Directive('@shareable')
@ObjectType('PageInfo')
export class PageInfoObject {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

/** What a page asks for: newest first, after the node with this id. */
export interface PageRequest {
  readonly first: number;
  readonly afterId: string | null;
}

export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: () => Promise<number>;
}

/** What a caller gets who says `first: null`; saying nothing is the schema's default, which is the same. */
const PAGE_SIZE_DEFAULT = 20;

/** @throws InputError naming `first` or `after` */
export function readPage(wanted: number | null, after: string | null | undefined): PageRequest {
  const first = wanted ?? PAGE_SIZE_DEFAULT;
  requireInput(first >= 0 && first <= PAGE_SIZE_MAX, 'first', `must be 0 to ${PAGE_SIZE_MAX}`);
  if (after === null || after === undefined) return { first, afterId: null };
  const id = Buffer.from(after, 'base64url').toString('latin1');
  requireInput(isId(id), 'after', 'is not a cursor of this list');
  return { first, afterId: id };
}

/** Cuts `first + 1` rows, asked for to see whether more follow, into a page. */
export function cutPage<Node>(
  rows: readonly Node[],
  request: PageRequest,
  totalCount: () => Promise<number>,
): Page<Node> {
  return {
    nodes: rows.slice(0, request.first),
    hasNextPage: rows.length > request.first,
    hasPreviousPage: request.afterId !== null,
    totalCount,
  };
}

/** What the resolver of totalCount asks; a caller who does not ask for it does not pay for it. */
export interface Connection {
  readonly countAll: () => Promise<number>;
}

/** The shape of a GraphQL connection over a page whose nodes have an id; `view` is how the graph shows one. */
export function toConnection<Node extends { readonly id: string }, View>(
  page: Page<Node>,
  view: (node: Node) => View,
) {
  const edges = page.nodes.map((node) => ({ node: view(node), cursor: toCursor(node.id) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    countAll: page.totalCount,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function toCursor(id: string): string {
  return Buffer.from(id, 'latin1').toString('base64url');
}
