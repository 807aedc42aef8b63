/**
 * Who may ask for what, on one page. The router reads it as directives, the service enforces the same in
 * code. A field without a word here fails the build, and so does a word without a field: nothing is public
 * by oversight, and a new field of an old type is no exception.
 *
 * This is the coarse gate. Whose coupon, wallet, quote or order it is, is decided in the use cases, which
 * every path shares: queries, nested fields and `_entities` alike.
 */
import type { Scope } from '../kernel/caller.js';

/**
 * 'public': anybody; 'reached': whoever was given the object; 'signedIn': any caller with a token; a list:
 * one of these scopes; 'external': nobody, another subgraph answers it.
 */
export type Access = RootAccess | 'reached' | 'external';
/** Of a field that is asked for by itself: there is no object to have reached. */
export type RootAccess = 'public' | 'signedIn' | readonly Scope[];

const admin: readonly Scope[] = ['coupons:admin'];

/** Fields that are asked for by themselves. Every one must be here. */
export const ROOT_ACCESS: Readonly<Record<string, RootAccess>> = {
  'Query.claimableTemplates': 'public',
  'Query.template': 'signedIn',
  'Query.templates': admin,
  'Query.coupon': 'signedIn',
  'Query.couponByCode': 'signedIn',
  'Query.myCoupons': 'signedIn',
  'Query.quoteDiscount': 'signedIn',
  'Query.discountQuote': 'signedIn',
  'Query.redemption': 'signedIn',
  'Query.shares': admin,
  'Query.batch': admin,
  'Query.grant': admin,
  'Query.quarantinedClaims': admin,
  'Query.webhookEndpoints': admin,
  'Query.deadLetters': admin,
  'Query.jobs': admin,
  'Query.alerts': admin,
  'Query.experiment': admin,
  'Query.erasures': admin,
  'Mutation.claimCoupon': 'signedIn',
  'Mutation.claimByCode': 'signedIn',
  'Mutation.createShare': 'signedIn',
  'Mutation.acceptShare': 'signedIn',
  'Mutation.holdCoupons': 'signedIn',
  'Mutation.confirmRedemption': 'signedIn',
  'Mutation.releaseRedemption': 'signedIn',
  'Mutation.refundRedemption': 'signedIn',
  'Mutation.redeemCoupons': 'signedIn',
  'Mutation.createTemplate': admin,
  'Mutation.updateTemplate': admin,
  'Mutation.submitTemplate': admin,
  'Mutation.approveTemplate': ['coupons:approve'],
  'Mutation.rejectTemplate': ['coupons:admin', 'coupons:approve'],
  'Mutation.activateTemplate': admin,
  'Mutation.stopTemplate': admin,
  'Mutation.simulateTemplate': admin,
  'Mutation.generateCodes': admin,
  'Mutation.stopBatch': admin,
  'Mutation.grantCoupons': admin,
  'Mutation.stopGrant': admin,
  'Mutation.freezeCoupon': admin,
  'Mutation.unfreezeCoupon': admin,
  'Mutation.revokeCoupon': admin,
  'Mutation.createWebhookEndpoint': admin,
  'Mutation.updateWebhookEndpoint': admin,
  'Mutation.disableWebhookEndpoint': admin,
  'Mutation.enableWebhookEndpoint': admin,
  'Mutation.deleteWebhookEndpoint': admin,
  'Mutation.rotateWebhookSecret': admin,
  'Mutation.replayDeadLetter': admin,
  'Mutation.eraseUser': admin,
  'Mutation.recordCustomerEvent': ['coupons:events'],
};

/**
 * Fields that need more than reaching their object; and all fields of User and Order, which anybody
 * reaches: the gateway names them by key, and there is nothing to look up.
 */
export const FIELD_ACCESS: Readonly<Record<string, Access>> = {
  'Template.stats': admin,
  'Template.simulation': ['coupons:admin', 'coupons:approve'],
  'Template.subStocks': admin,
  'Template.history': admin,
  'Template.riskDenials': admin,
  'RedPacketRule.seed': admin,
  'Coupon.history': admin,
  'User.id': 'public',
  'User.coupons': 'signedIn',
  'Order.id': 'public',
  'Order.currency': 'external',
  'Order.customerId': 'external',
  'Order.lines': 'external',
  'Order.redemption': 'signedIn',
  'Order.discountQuote': 'signedIn',
  'OrderLine.id': 'external',
  'OrderLine.productId': 'external',
  'OrderLine.categoryIds': 'external',
  'OrderLine.unitPrice': 'external',
  'OrderLine.quantity': 'external',
};

/** Fields that may be read by whoever reached their object: how it is reached, the lines above decide. */
const REACHED: Readonly<Record<string, string>> = {
  Alert: 'kind severity value limit templates job',
  AppliedCoupon: 'discount lines coupon',
  ArmNumbers: 'claimed used discountGiven conversion countedAt',
  ArmUplift: 'conversion uses',
  AuditEntry: 'at actor action from to details',
  Batch: 'id template batchNo total issued used status createdAt codes',
  BatchStarted: 'batch',
  ChannelCount: 'channel issued used',
  CodeConnection: 'nodes pageInfo',
  Coupon: `
    id channel code status template owner faceValue claimedAt validFrom expiresAt usedAt
    order discount`,
  CouponChanged: 'coupon',
  CouponClaimed: 'coupon replayed',
  CouponConnection: 'edges nodes pageInfo totalCount',
  CouponEdge: 'cursor node',
  CouponOption: 'applied saves reason conflictsWith coupon',
  CustomerEventRecorded: 'granted replayed',
  DeadLetter: `
    id endpointId eventId type subjectId tries lastStatus lastError createdAt updatedAt`,
  DeadLetterConnection: 'nodes pageInfo totalCount',
  DeadLetterReplayed: 'deadLetter',
  DiscountQuote: `
    id currency subtotal discount payable lines applied options optimality upperBound
    createdAt expiresAt`,
  DiscountTier: 'threshold amount',
  Erasure: 'id status actor reason rows requestedAt finishedAt',
  ErasureStarted: 'erasure replayed',
  Estimate: 'value low high',
  Experiment: 'name arms',
  ExperimentArm: 'template weight isControl numbers uplift',
  Failure: 'code message retryable',
  Grant:
    'id template reason requested duplicates granted refused status createdAt refusals history',
  GrantRefusal: 'userId code',
  GrantStarted: 'grant',
  IssuedCode: 'code claimedBy claimedAt',
  Job: 'name everySeconds isRunning lastRunAt lastSuccessAt lagSeconds progress lastError',
  LineShare: 'lineId discount',
  LocalizedName: 'language name',
  Money: 'amount currency',
  PageInfo: 'hasNextPage hasPreviousPage startCursor endCursor',
  QuarantinedClaim: 'id templateId userId reason tries entry quarantinedAt coupon',
  QuarantinedClaimConnection: 'nodes pageInfo totalCount',
  QuotedLine: 'lineId subtotal discount payable',
  RedPacketRule: 'min max budget seedHash',
  RedeemedLine: `
    lineId quantity subtotal discount payable refundedQuantity refundedDiscount
    refundedPayable`,
  Redemption: 'id order status discount refunded lines heldUntil createdAt updatedAt coupons',
  RedemptionDone: 'redemption replayed',
  Rejection: 'code message retryable retryAfter couponId shortfall',
  RiskDenials: 'minute denied',
  Share: 'id token template accepted limit expiresAt sharerId createdAt reward',
  ShareConnection: 'nodes pageInfo totalCount',
  ShareReward: 'template status couponId refusal settledAt',
  ShareCreated: 'share',
  ShareRule: 'acceptLimit rewardTemplate',
  Simulation: `
    orders hit cost averageSaving otherCurrency bounded isComplete conflicts simulatedAt
    simulatedBy`,
  SimulationConflict: 'templateId reason displaced',
  Template: `
    id name status version names type currency tiers repeatable amount rate maxDiscount
    redPacket threshold thresholdBasis scope stackStrategy priority exclusionGroup
    claimMethod grantOn totalCount remainingCount perUserLimit userLevels claimFrom
    claimUntil validity experiment share`,
  TemplateConnection: 'edges nodes pageInfo totalCount',
  TemplateEdge: 'cursor node',
  TemplateSaved: 'template',
  TemplateSimulated: 'simulation',
  TemplateStats: `
    issued unused expiring held used expired frozen revoked discountGiven byChannel countedAt`,
  UsageScope: 'includeProducts excludeProducts includeCategories excludeCategories',
  Validity: 'days from until timeZone',
  WebhookEndpoint: `
    id url types status version waiting failingSince createdAt updatedAt history`,
  WebhookEndpointSaved: 'endpoint secret',
};

const ACCESS: ReadonlyMap<string, Access> = new Map([
  ...Object.entries(REACHED).flatMap(([type, fields]) =>
    fields
      .trim()
      .split(/\s+/)
      .map((field): [string, Access] => [`${type}.${field}`, 'reached']),
  ),
  ...Object.entries(FIELD_ACCESS),
  ...Object.entries(ROOT_ACCESS),
]);

/** Every coordinate (`Type.field`) that the table knows. */
export const COORDINATES: readonly string[] = [...ACCESS.keys()];

/** What the field demands. @throws if the table does not say. */
export function accessOf(typeName: string, fieldName: string): Access {
  const key = `${typeName}.${fieldName}`;
  const access = ACCESS.get(key);
  if (access === undefined) throw new Error(`${key} has no line in subgraph/access.ts`);
  return access;
}
