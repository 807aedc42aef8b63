/** The resolver classes with their instances, and what the gateway may ask by key. */
import type { App } from '../app.js';
import { ClaimResolver } from '../claim/claim.resolver.js';
import { QuarantineConnectionResolver, QuarantineResolver } from '../claim/quarantine.resolver.js';
import { ChangeCouponResolver } from '../coupon/change-coupon.resolver.js';
import {
  CouponConnectionResolver,
  CouponResolver,
  UserCouponsResolver,
} from '../coupon/coupon.resolver.js';
import { CustomerEventResolver } from '../customer/customer.resolver.js';
import { GrantResolver } from '../grant/grant.resolver.js';
import { TemplateDenialsResolver } from '../guard/guard.resolver.js';
import { BatchResolver } from '../issue/batch.resolver.js';
import { ClaimByCodeResolver } from '../issue/claim-by-code.resolver.js';
import { AlertResolver } from '../numbers/alert.resolver.js';
import { ExperimentResolver } from '../numbers/experiment.resolver.js';
import { ReadAlerts } from '../numbers/read-alerts.js';
import { TemplateStatsResolver } from '../numbers/stats.resolver.js';
import {
  ShareConnectionResolver,
  ShareResolver,
  ShareRewardResolver,
} from '../issue/shares/share.resolver.js';
import {
  AppliedCouponResolver,
  CouponOptionResolver,
  OrderQuoteResolver,
  QuoteResolver,
} from '../quote/quote.resolver.js';
import { OrderRedemptionResolver } from '../redemption/order-redemption.resolver.js';
import { RedemptionResolver } from '../redemption/redemption.resolver.js';
import { SimulationResolver } from '../simulation/simulation.resolver.js';
import { TemplateConnectionResolver, TemplateResolver } from '../template/template.resolver.js';
import { ErasureResolver } from '../erasure/erasure.resolver.js';
import { readJobs } from '../upkeep/frame/job.store.js';
import { JobsResolver } from '../upkeep/jobs.resolver.js';
import {
  DeadLetterConnectionResolver,
  DeadLetterResolver,
} from '../webhook/dead-letter.resolver.js';
import { WebhookResolver } from '../webhook/webhook.resolver.js';
import type { Resolvers } from './root-resolvers.js';
import type { ResolveReference } from './entities.js';

export function createResolvers(app: App): {
  resolvers: Resolvers;
  references: Readonly<Record<string, ResolveReference>>;
} {
  const templates = new TemplateResolver(
    app.catalog,
    app.listTemplates,
    app.saveTemplate,
    app.moveTemplate,
    app.reader,
    app.clock,
  );
  const quotes = new QuoteResolver(app.quoteDiscount, app.readQuotes, app.readCoupons);
  const readAlerts = new ReadAlerts(app.reader, app.clock, () => readJobs(app.database));
  const instances = [
    templates,
    new TemplateConnectionResolver(),
    new TemplateDenialsResolver(app.database),
    new TemplateStatsResolver(app.reader, app.clock),
    new ExperimentResolver(app.reader, app.clock),
    new AlertResolver(readAlerts, app.catalog, app.clock),
    new SimulationResolver(app.simulateTemplate, app.database),
    new CouponResolver(app.readCoupons, app.catalog, app.reader, app.clock),
    new CouponConnectionResolver(),
    new UserCouponsResolver(app.readCoupons),
    new ChangeCouponResolver(app.changeCoupon),
    new ClaimResolver(app.claimCoupon),
    new QuarantineResolver(app.reader, app.sealer, app.readCoupons),
    new QuarantineConnectionResolver(),
    quotes,
    new AppliedCouponResolver(),
    new CouponOptionResolver(),
    new OrderQuoteResolver(app.quoteDiscount, quotes),
    new RedemptionResolver(app.redemptions, app.readCoupons),
    new OrderRedemptionResolver(app.redemptions.read),
    new BatchResolver(app.codes, app.catalog, app.clock),
    new ClaimByCodeResolver(app.codes),
    new JobsResolver(app.database),
    new ShareResolver(app.createShare, app.acceptShare, app.catalog, app.database, app.clock),
    new ShareRewardResolver(app.catalog, app.clock),
    new ShareConnectionResolver(),
    new WebhookResolver(app.database, app.manageEndpoints),
    new DeadLetterResolver(app.database, app.replayDeadLetter),
    new DeadLetterConnectionResolver(),
    new ErasureResolver(app.eraseUser),
    new CustomerEventResolver(app.recordEvent),
    new GrantResolver(app),
  ];
  return {
    resolvers: new Map(instances.map((instance) => [instance.constructor, instance])),
    references: {
      Template: ({ id }, { caller }) => templates.byId(caller, id),
      Coupon: ({ id }, { caller }) => app.readCoupons.byId(caller, id),
      DiscountQuote: ({ id }, { caller }) => quotes.byId(caller, id),
      User: async (user) => user,
      Order: async (order) => order,
    },
  };
}
