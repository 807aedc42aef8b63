/**
 * What may be kept of an answer, and for how long, on one page: Apollo's `@cacheControl`, written into the SDL and
 * into the header Cache-Control (cache-policy.ts).
 *
 * Only what a template is may be kept. It changes seldom, and a claim decides by itself, so five seconds mislead
 * nobody. Wallets, coupons, quotes and redemptions change with every step of their owner: never kept anywhere.
 * What has no line is not kept either: that is Apollo's default for root fields and for objects.
 */
import {
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { REMAINING_MAX_AGE_S, TEMPLATE_MAX_AGE_S } from '../config/limits.js';

/** As federation wants it: by each subgraph that uses it. */
export const CACHE_DEFINITIONS = `enum CacheControlScope {
  PUBLIC
  PRIVATE
}

directive @cacheControl(
  maxAge: Int
  scope: CacheControlScope
  inheritMaxAge: Boolean
) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
`;

const NEVER = '@cacheControl(maxAge: 0, scope: PRIVATE)';
const OWN = '@cacheControl(scope: PRIVATE)';
/** As long as the object that it is part of. */
const AS_PARENT = '@cacheControl(inheritMaxAge: true)';

const HINTS: Readonly<Record<string, string>> = {
  'Query.claimableTemplates': `@cacheControl(maxAge: ${TEMPLATE_MAX_AGE_S})`,
  'Query.template': OWN,
  'Query.templates': NEVER,
  'Query.myCoupons': NEVER,
  'Query.coupon': NEVER,
  'Query.couponByCode': NEVER,
  'Query.quoteDiscount': NEVER,
  'Query.discountQuote': NEVER,
  'Query.redemption': NEVER,
  Template: `@cacheControl(maxAge: ${TEMPLATE_MAX_AGE_S})`,
  'Template.remainingCount': `@cacheControl(maxAge: ${REMAINING_MAX_AGE_S})`,
  'Template.subStocks': OWN,
  TemplateConnection: AS_PARENT,
  TemplateEdge: AS_PARENT,
  PageInfo: AS_PARENT,
  LocalizedName: AS_PARENT,
  DiscountTier: AS_PARENT,
  Money: AS_PARENT,
  RedPacketRule: AS_PARENT,
  UsageScope: AS_PARENT,
  Validity: AS_PARENT,
  ShareRule: AS_PARENT,
  Coupon: NEVER,
  CouponConnection: NEVER,
  DiscountQuote: NEVER,
  Redemption: NEVER,
};

const directives = new Map(
  Object.entries(HINTS).map(([coordinate, hint]) => [coordinate, directiveOf(hint)]),
);

/** Writes the hints into the SDL. */
export function withCacheDirectives(sdl: DocumentNode): DocumentNode {
  return visit(sdl, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      directives: [...(type.directives ?? []), ...hintsOf(type.name.value)],
      fields: (type.fields ?? []).map((field) => ({
        ...field,
        directives: [
          ...(field.directives ?? []),
          ...hintsOf(`${type.name.value}.${field.name.value}`),
        ],
      })),
    }),
  });
}

/** @throws naming every line of the table that is of nothing (any more) */
export function refuseStaleHints(schema: GraphQLSchema): void {
  const stale = Object.keys(HINTS).filter((coordinate) => {
    const [typeName = '', fieldName] = coordinate.split('.');
    const type = schema.getType(typeName);
    const hasFields = isObjectType(type) || isInterfaceType(type);
    return !hasFields || (fieldName !== undefined && type.getFields()[fieldName] === undefined);
  });
  if (stale.length > 0) throw new Error(`subgraph/cache-hints.ts is stale: ${stale.join(', ')}`);
}

function hintsOf(coordinate: string): ConstDirectiveNode[] {
  const found = directives.get(coordinate);
  return found === undefined ? [] : [found];
}

function directiveOf(hint: string): ConstDirectiveNode {
  const [type] = parse(`type T ${hint} { id: ID }`, { noLocation: true }).definitions;
  if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) throw new Error('not a type');
  return type.directives![0]!;
}
