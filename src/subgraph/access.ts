/**
 * Who may ask for what, on one page. The router reads it as directives, the service enforces the same in
 * code, and a field or type without a line here fails the build: nothing is public by oversight.
 *
 * This is the coarse gate. Whose coupon, wallet, quote or order it is, is decided in the use cases, which
 * every path shares: queries, nested fields and `_entities` alike.
 */
import type { Scope } from '../kernel/caller.js';

/** 'public': anybody; 'signedIn': any caller with a token; a list: one of these scopes. */
export type Access = 'public' | 'signedIn' | readonly Scope[];

const admin: readonly Scope[] = ['coupons:admin'];

/** Fields that are asked for by themselves. Every one must be here. */
export const ROOT_ACCESS: Readonly<Record<string, Access>> = {
  'Query.claimableTemplates': 'public',
  'Query.template': 'signedIn',
  'Query.templates': admin,
  'Query.coupon': 'signedIn',
  'Query.couponByCode': 'signedIn',
  'Query.myCoupons': 'signedIn',
  'Query.quoteDiscount': 'signedIn',
  'Query.discountQuote': 'signedIn',
  'Query.redemption': 'signedIn',
  'Query.batch': admin,
  'Query.grant': admin,
  'Query.quarantinedClaims': admin,
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
  'Mutation.generateCodes': admin,
  'Mutation.stopBatch': admin,
  'Mutation.grantCoupons': admin,
  'Mutation.freezeCoupon': admin,
  'Mutation.unfreezeCoupon': admin,
  'Mutation.revokeCoupon': admin,
  'Mutation.recordCustomerEvent': ['coupons:events'],
};

/**
 * Fields that need more than reaching their object; and all fields of User and Order, which anybody
 * reaches: the gateway names them by key, and there is nothing to look up.
 */
export const FIELD_ACCESS: Readonly<Record<string, Access>> = {
  'Template.stats': admin,
  'Template.history': admin,
  'Template.riskDenials': admin,
  'Coupon.history': admin,
  'User.id': 'public',
  'User.coupons': 'signedIn',
  'Order.id': 'public',
  'Order.currency': 'public',
  'Order.customerId': 'public',
  'Order.lines': 'public',
  'Order.redemption': 'signedIn',
  'Order.discountQuote': 'signedIn',
};

/** Types whose fields may be read by whoever reached the object. Every other type must be here. */
export const REACHED_TYPES: ReadonlySet<string> = new Set([
  'AppliedCoupon',
  'AuditEntry',
  'Batch',
  'BatchStarted',
  'ChannelCount',
  'CodeConnection',
  'Coupon',
  'CouponChanged',
  'CouponClaimed',
  'CouponConnection',
  'CouponEdge',
  'CouponOption',
  'CustomerEventRecorded',
  'DiscountQuote',
  'DiscountTier',
  'Grant',
  'GrantRefusal',
  'GrantStarted',
  'IssuedCode',
  'LineShare',
  'LocalizedName',
  'Money',
  'OrderLine',
  'PageInfo',
  'QuarantinedClaim',
  'QuarantinedClaimConnection',
  'QuotedLine',
  'RedPacketRule',
  'RedeemedLine',
  'Redemption',
  'RedemptionDone',
  'Rejection',
  'RiskDenials',
  'Share',
  'ShareCreated',
  'ShareRule',
  'Template',
  'TemplateConnection',
  'TemplateEdge',
  'TemplateSaved',
  'TemplateStats',
  'UsageScope',
  'Validity',
]);

/** What the field demands. @throws if the table does not say. */
export function accessOf(typeName: string, fieldName: string): Access {
  const key = `${typeName}.${fieldName}`;
  const access = ROOT_ACCESS[key] ?? FIELD_ACCESS[key];
  if (access !== undefined) return access;
  if (REACHED_TYPES.has(typeName)) return 'public';
  throw new Error(`${key} has no line in subgraph/access.ts`);
}
