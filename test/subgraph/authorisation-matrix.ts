/**
 * The doors to every type: how its fields are asked in a query, through another object, and by
 * `_entities`; and whose the object is. The outcome of each cell follows from this and the table of access.
 */
import {
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type GraphQLSchema,
} from 'graphql';
import { accessOf } from '../../src/subgraph/access.js';

export const CALLERS = {
  nobody: null,
  owner: {},
  stranger: {},
  operator: { scope: 'coupons:admin' },
  orderService: { scope: 'coupons:redeem' },
  eventsService: { scope: 'coupons:events' },
} as const;
export type CallerName = keyof typeof CALLERS;

export const WAYS = ['query', 'nested', 'entities'] as const;
export type Way = (typeof WAYS)[number];

/** VALUE: the field is answered. NOTHING: its object is not there for this caller, and no error tells why. */
export type Outcome = 'VALUE' | 'NOTHING' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_USER_INPUT';

/**
 * all: whoever may ask; owned: the owner, operators and the order service; redeemable: the owner and the
 * order service; unlisted: whoever has a token. For anybody else it is not there.
 */
type Whose = 'all' | 'owned' | 'redeemable' | 'unlisted';

export interface Door {
  readonly whose: Whose;
  /** With `@` where the field goes. */
  readonly document: string;
}

/** What was seeded; every id is the owner's. */
export interface Seeds {
  readonly coupon: string;
  readonly heldCoupon: string;
  readonly template: string;
  readonly redPacket: string;
  readonly tiered: string;
  readonly shared: string;
  readonly quote: string;
  readonly order: string;
  readonly code: string;
  readonly webhook: string;
  readonly deadLetter: string;
  readonly grant: string;
  readonly coded: string;
  readonly batch: string;
  readonly experiment: string;
  readonly freezable: readonly string[];
}

/** Why no cell of a type can be asked, though the schema has a way to it. */
export const NOT_OFFERED: Readonly<Record<string, string>> = {
  OrderLine: 'another subgraph answers Order.lines',
};

const entity = (typeName: string, id: string, rest: string, more = '') =>
  `{ _entities(representations: [{__typename: "${typeName}", id: "${id}"${more}}]) { ... on ${typeName} ${rest} } }`;

export function doorsOf(
  seeds: Seeds,
  key: () => string,
): Record<string, Partial<Record<Way, Door>>> {
  const all = (document: string): Door => ({ whose: 'all', document });
  const owned = (document: string): Door => ({ whose: 'owned', document });
  const redeemable = (document: string): Door => ({ whose: 'redeemable', document });
  const template = (rest: string) => `{ template(id: "${seeds.template}") ${rest} }`;
  const coupon = (rest: string) => `{ coupon(id: "${seeds.coupon}") ${rest} }`;
  const quote = (rest: string) => `{ discountQuote(id: "${seeds.quote}") ${rest} }`;
  const redemption = (rest: string) => `{ redemption(orderId: "${seeds.order}") ${rest} }`;
  const shares = (rest: string) => `{ shares(templateId: "${seeds.shared}") ${rest} }`;
  const order = (rest: string) => entity('Order', seeds.order, `{ redemption ${rest} }`);
  const inTemplate = (rest: string, id = seeds.template) => ({
    nested: all(`{ template(id: "${id}") ${rest} }`),
    entities: all(entity('Template', id, rest)),
  });
  const inQuote = (rest: string) => ({
    nested: owned(quote(rest)),
    entities: owned(entity('DiscountQuote', seeds.quote, rest)),
  });
  const claim = (template: string) =>
    `mutation { claimCoupon(input: {templateId: "${template}", idempotencyKey: "${key()}"})`;
  const webhook = (rest: string) =>
    `mutation { rotateWebhookSecret(id: "${seeds.webhook}") { ... on WebhookEndpointSaved ${rest} } }`;
  const rules = `names: [{language: "en", name: "x"}], type: DIRECT_CUT, currency: "CNY",
    amount: {amount: "1.00", currency: "CNY"}, validity: {days: 1}, claimFrom: "2026-01-01T00:00:00Z",
    claimUntil: "2099-01-01T00:00:00Z"`;
  const grant = `mutation { grantCoupons(input: {templateId: "${seeds.template}", userIds: ["anna"],
    reason: "x", idempotencyKey: "${key()}"})`;
  const batch = (rest: string) => `{ batch(id: "${seeds.batch}") ${rest} }`;
  const codes = `mutation { generateCodes(input: {templateId: "${seeds.coded}", count: 1,
    idempotencyKey: "${key()}"})`;
  const arms = (rest: string) => `{ experiment(name: "${seeds.experiment}") { arms ${rest} } }`;
  return {
    Coupon: {
      query: owned(coupon('{ @ }')),
      nested: owned(redemption('{ coupons { @ } }')),
      entities: owned(entity('Coupon', seeds.coupon, '{ @ }')),
    },
    Template: {
      query: all(template('{ @ }')),
      nested: owned(coupon('{ template { @ } }')),
      entities: all(entity('Template', seeds.template, '{ @ }')),
    },
    User: {
      nested: owned(coupon('{ owner { @ } }')),
      entities: all(entity('User', 'owner', '{ @ }')),
    },
    Order: {
      nested: owned(`{ coupon(id: "${seeds.heldCoupon}") { order { @ } } }`),
      entities: all(entity('Order', seeds.order, '{ @ }', ORDER_FIELDS)),
    },
    CouponConnection: {
      query: all('{ myCoupons { @ } }'),
      nested: owned(coupon('{ owner { coupons { @ } } }')),
      entities: all(entity('User', 'owner', '{ coupons { @ } }')),
    },
    CouponEdge: {
      nested: owned(coupon('{ owner { coupons { edges { @ } } } }')),
      entities: all(entity('User', 'owner', '{ coupons { edges { @ } } }')),
    },
    PageInfo: {
      nested: all('{ myCoupons { pageInfo { @ } } }'),
      entities: all(entity('User', 'owner', '{ coupons { pageInfo { @ } } }')),
    },
    TemplateConnection: { query: all('{ claimableTemplates { @ } }') },
    TemplateEdge: { nested: all('{ claimableTemplates { edges { @ } } }') },
    LocalizedName: inTemplate('{ names { @ } }'),
    DiscountTier: inTemplate('{ tiers { @ } }', seeds.tiered),
    Money: inTemplate('{ amount { @ } }'),
    RedPacketRule: inTemplate('{ redPacket { @ } }', seeds.redPacket),
    UsageScope: inTemplate('{ scope { @ } }'),
    Validity: inTemplate('{ validity { @ } }'),
    ShareRule: {
      ...inTemplate('{ share { @ } }', seeds.shared),
      entities: {
        whose: 'unlisted',
        document: entity('Template', seeds.shared, '{ share { @ } }'),
      },
    },
    TemplateStats: inTemplate('{ stats { @ } }'),
    ChannelCount: inTemplate('{ stats { byChannel { @ } } }'),
    Simulation: inTemplate('{ simulation { @ } }'),
    SimulationConflict: inTemplate('{ simulation { conflicts { @ } } }'),
    TemplateSimulated: {
      query: all(
        `mutation { simulateTemplate(input: {templateId: "${seeds.template}", orders: []}) { ... on TemplateSimulated { @ } } }`,
      ),
    },
    RiskDenials: inTemplate('{ riskDenials { @ } }'),
    AuditEntry: inTemplate('{ history { @ } }', seeds.tiered),
    QuarantinedClaimConnection: { query: all('{ quarantinedClaims { @ } }') },
    Erasure: {
      query: all('{ erasures(userId: "forgotten") { @ } }'),
      nested: all(
        `mutation { eraseUser(input: {userId: "nobody-at-all", reason: "1", idempotencyKey: "${key()}"}) {
          ... on ErasureStarted { erasure { @ } } } }`,
      ),
    },
    Job: { query: all('{ jobs { @ } }') },
    ShareConnection: { query: all(shares('{ @ }')) },
    Share: { nested: all(shares('{ nodes { @ } }')) },
    ShareReward: { nested: all(shares('{ nodes { reward { @ } } }')) },
    ShareCreated: {
      query: all(
        `mutation { createShare(input: {templateId: "${seeds.shared}"}) { ... on ShareCreated { @ } } }`,
      ),
    },
    WebhookEndpoint: {
      query: all('{ webhookEndpoints { @ } }'),
      nested: all(webhook('{ endpoint { @ } }')),
    },
    WebhookEndpointSaved: { query: all(webhook('{ @ }')) },
    DeadLetterConnection: { query: all('{ deadLetters { @ } }') },
    DeadLetter: { nested: all('{ deadLetters { nodes { @ } } }') },
    DeadLetterReplayed: {
      query: all(
        `mutation { replayDeadLetter(id: "${seeds.deadLetter}") { ... on DeadLetterReplayed { @ } } }`,
      ),
    },
    Grant: {
      query: all(`{ grant(id: "${seeds.grant}") { @ } }`),
      nested: all(`${grant} { ... on GrantStarted { grant { @ } } } }`),
    },
    Batch: {
      query: all(batch('{ @ }')),
      nested: all(`${codes} { ... on BatchStarted { batch { @ } } } }`),
    },
    BatchStarted: { query: all(`${codes} { ... on BatchStarted { @ } } }`) },
    CodeConnection: { nested: all(batch('{ codes { @ } }')) },
    IssuedCode: { nested: all(batch('{ codes { nodes { @ } } }')) },
    Experiment: { query: all(`{ experiment(name: "${seeds.experiment}") { @ } }`) },
    ExperimentArm: { nested: all(arms('{ @ }')) },
    ArmNumbers: { nested: all(arms('{ numbers { @ } }')) },
    ArmUplift: { nested: all(arms('{ uplift { @ } }')) },
    Estimate: { nested: all(arms('{ uplift { uses { @ } } }')) },
    Alert: { query: all('{ alerts { @ } }') },
    GrantStarted: { query: all(`${grant} { ... on GrantStarted { @ } } }`) },
    CustomerEventRecorded: {
      query: all(
        `mutation { recordCustomerEvent(input: {eventId: "${key()}", type: REGISTERED, userId: "anna",
          occurredAt: "2020-01-01T00:00:00Z"}) { ... on CustomerEventRecorded { @ } } }`,
      ),
    },
    GrantRefusal: { nested: all(`{ grant(id: "${seeds.grant}") { refusals { @ } } }`) },
    QuarantinedClaim: { nested: all('{ quarantinedClaims { nodes { @ } } }') },
    DiscountQuote: {
      query: owned(quote('{ @ }')),
      nested: owned(entity('Order', seeds.order, '{ discountQuote { @ } }', ORDER_FIELDS)),
      entities: owned(entity('DiscountQuote', seeds.quote, '{ @ }')),
    },
    QuotedLine: inQuote('{ lines { @ } }'),
    AppliedCoupon: inQuote('{ applied { @ } }'),
    LineShare: inQuote('{ applied { lines { @ } } }'),
    CouponOption: inQuote('{ options { @ } }'),
    Rejection: {
      query: all(`${claim('nothing')} { ... on Rejection { @ } } }`),
      nested: owned(quote('{ options { reason { @ } } }')),
      entities: owned(entity('DiscountQuote', seeds.quote, '{ options { reason { @ } } }')),
    },
    Redemption: {
      query: owned(redemption('{ @ }')),
      nested: owned(`{ coupon(id: "${seeds.heldCoupon}") { order { redemption { @ } } } }`),
      entities: owned(order('{ @ }')),
    },
    RedeemedLine: {
      nested: owned(redemption('{ lines { @ } }')),
      entities: owned(order('{ lines { @ } }')),
    },
    CouponClaimed: { query: all(`${claim(seeds.template)} { ... on CouponClaimed { @ } } }`) },
    CouponChanged: {
      query: all(
        `mutation { freezeCoupon(input: {id: "${seeds.freezable[0]}", reason: "x"}) { ... on CouponChanged { @ } } }`,
      ),
    },
    RedemptionDone: {
      query: redeemable(
        `mutation { holdCoupons(input: {orderId: "${seeds.order}", quoteId: "${seeds.quote}"}) { ... on RedemptionDone { @ } } }`,
      ),
    },
    ErasureStarted: {
      query: all(
        `mutation { eraseUser(input: {userId: "nobody-at-all", reason: "1", idempotencyKey: "${key()}"}) {
          ... on ErasureStarted { @ } } }`,
      ),
    },
    TemplateSaved: {
      query: all(`mutation { createTemplate(input: {${rules}}) { ... on TemplateSaved { @ } } }`),
    },
  };
}

const ORDER_FIELDS = `, currency: "CNY", customerId: "owner", lines: [{id: "l1", productId: "p",
  categoryIds: [], unitPrice: {amount: "100.00", currency: "CNY"}, quantity: 1}]`;

/** Whether a query or mutation gives the type itself, alone or as one of its results. */
export function isGivenByRoot(schema: GraphQLSchema, typeName: string): boolean {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  return roots.some((root) =>
    Object.values(root?.getFields() ?? {}).some(
      (field) => !field.name.startsWith('_') && givenBy(schema, String(field.type)).has(typeName),
    ),
  );
}

/** Whether some object leads to the type. */
export function isGivenByObject(schema: GraphQLSchema, typeName: string): boolean {
  return objectTypes(schema).some((type) =>
    Object.values(type.getFields()).some((field) =>
      givenBy(schema, String(field.type)).has(typeName),
    ),
  );
}

/** Every type that an entity is or leads to. */
export function reachedFromEntities(schema: GraphQLSchema): ReadonlySet<string> {
  const reached = givenBy(schema, '_Entity');
  for (const name of reached) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()))
      for (const next of givenBy(schema, String(field.type))) reached.add(next);
  }
  return reached;
}

export function objectTypes(schema: GraphQLSchema) {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('_') && name !== 'Query' && name !== 'Mutation');
}

function givenBy(schema: GraphQLSchema, printed: string): Set<string> {
  const name = printed.replace(/[[\]!]/g, '');
  const type = schema.getType(name);
  if (isObjectType(type)) return new Set([name]);
  if (type !== undefined && 'getTypes' in type)
    return new Set(type.getTypes().map((one) => one.name));
  return new Set();
}

/** What the caller must be told: from the table, along the path, and then from whose the object is. */
export function expectedOf(
  schema: GraphQLSchema,
  { whose, document }: Door,
  caller: CallerName,
): Outcome {
  const isOthers = caller === 'nobody' || isStranger(caller);
  for (const [typeName, fieldName] of coordinatesOf(schema, document)) {
    const access = accessOf(typeName, fieldName);
    const isAfterOwner = typeName !== 'Query' && typeName !== 'Mutation' && typeName !== 'User';
    if (isAfterOwner && isHidden(whose, caller) && !isReachedByEntity(typeName, document))
      return 'NOTHING';
    if (access === 'external') return 'BAD_USER_INPUT';
    if (access === 'public' || access === 'reached') continue;
    if (caller === 'nobody') return 'UNAUTHENTICATED';
    if (`${typeName}.${fieldName}` === 'User.coupons' && isOthers) return 'FORBIDDEN';
    // It is worked out from what the router sends of the order, and says so where nothing was sent.
    if (`${typeName}.${fieldName}` === 'Order.discountQuote' && !document.includes('customerId'))
      return 'BAD_USER_INPUT';
    if (access === 'signedIn') continue;
    const { scope } = CALLERS[caller] as { readonly scope?: string };
    if (!access.some((one) => one === scope)) return 'FORBIDDEN';
  }
  return isHidden(whose, caller) ? 'NOTHING' : 'VALUE';
}

/** An order or a user comes by its key alone; whose it is, only its own fields decide. */
function isReachedByEntity(typeName: string, document: string): boolean {
  return (typeName === 'Order' || typeName === 'User') && document.includes(`"${typeName}"`);
}

function isHidden(whose: Whose, caller: CallerName): boolean {
  if (whose === 'unlisted') return caller === 'nobody';
  if (whose === 'redeemable' && caller === 'operator') return true;
  return whose !== 'all' && (caller === 'nobody' || isStranger(caller));
}

/** Who is signed in, and neither owns anything nor may see what others own. */
function isStranger(caller: CallerName): boolean {
  return caller === 'stranger' || caller === 'eventsService';
}

function coordinatesOf(schema: GraphQLSchema, document: string): [string, string][] {
  const info = new TypeInfo(schema);
  const found: [string, string][] = [];
  visit(
    parse(document),
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const type = info.getParentType()?.name ?? '';
        if (!name.value.startsWith('_')) found.push([type, name.value]);
      },
    }),
  );
  return found;
}
