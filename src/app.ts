/**
 * The composition root: the one place where use cases meet their stores. Everything below is handed what
 * it needs by name; tests build the same application with a clock of their own.
 */
import type { Logger } from 'pino';
import { createClaims } from './claim/create-claims.js';
import { eraseFromQuarantine } from './claim/erase-from-quarantine.js';
import { ForgetTaker } from './claim/forget-taker.js';
import type { Config } from './config/environment.js';
import { ChangeCoupon } from './coupon/change-coupon.js';
import { ReadCoupons } from './coupon/read-coupons.js';
import { forgetCustomer } from './customer/forget-customer.js';
import { GrantBirthdays } from './customer/grant-birthdays.js';
import { IssueTriggered } from './customer/issue-triggered.js';
import { RecordEvent } from './customer/record-event.js';
import { ReadGrants } from './grant/read-grants.js';
import { RunGrants } from './grant/run-grants.js';
import { StartGrant } from './grant/start-grant.js';
import { StopGrant } from './grant/stop-grant.js';
import { createErasures } from './erasure/create-erasures.js';
import { createGuard } from './guard/create-guard.js';
import { pseudonym } from './guard/rules/pseudonyms.js';
import type { GuardStep } from './guard/guard.types.js';
import { LimitCodeTries } from './guard/limit-code-tries.js';
import { RecordRefusals } from './guard/record-refusals.js';
import type { CodeKeys } from './issue/code-keys.js';
import { createCodes } from './issue/create-codes.js';
import { AcceptShare } from './issue/shares/accept-share.js';
import { CreateShare } from './issue/shares/create-share.js';
import { PayShareRewards } from './issue/shares/pay-share-rewards.js';
import type { Clock } from './kernel/clock.js';
import type { FailureCode } from './kernel/rejection.js';
import type { Numbers } from './numbers/numbers.types.js';
import { QuoteDiscount } from './quote/quote-discount.js';
import { QuoteStore } from './quote/quote-store.js';
import { ReadQuotes } from './quote/read-quotes.js';
import { Wallets } from './quote/wallets.js';
import { createRedemptions } from './redemption/create-redemptions.js';
import { factsForReview } from './simulation/rules/for-review.js';
import { SimulateTemplate } from './simulation/simulate-template.js';
import { readSimulation } from './simulation/simulation.store.js';
import type { Database, Reader } from './storage/database.js';
import type { RedisStore } from './storage/redis.js';
import type { Sealer } from './storage/seal.js';
import { eraseFromAudiences } from './template/erase-from-audiences.js';
import { ListTemplates } from './template/list-templates.js';
import { MoveTemplate } from './template/move-template.js';
import { SaveTemplate } from './template/save-template.js';
import { TemplateCatalog } from './template/template-catalog.js';
import { createEvents } from './upkeep/create-events.js';
import type { WebhookOptions } from './webhook/create-webhooks.js';
import type { DeliveryOutcome } from './webhook/webhook.types.js';

export interface AppParts {
  readonly config: Pick<
    Config,
    'holdTtlMs' | 'maxCouponsPerOrder' | 'guard' | 'webhookTrustedHosts' | 'auditKeptMs'
  >;
  readonly database: Database;
  /** Answers what shows and does not decide: see storage/replicas.ts. */
  readonly reader?: Reader;
  readonly redis: RedisStore;
  readonly sealer: Sealer;
  readonly codeKeys: CodeKeys;
  readonly clock: Clock;
  readonly log: Logger;
  /** More than can be served in time is on its way. */
  readonly isOverloaded?: () => boolean;
  /** Counts what became of claims. */
  readonly onClaim?: (outcome: string) => void;
  /** Sees how many reservations a transaction of claims has. */
  readonly onBatch?: (size: number) => void;
  /** Shows what a worker read of everything together. */
  readonly onNumbers?: (numbers: Numbers) => void;
  /** Counts what the guard refused. */
  readonly onRefusal?: (step: GuardStep, code: FailureCode) => void;
  /** Counts what the guard could not do. */
  readonly onSkip?: (step: GuardStep) => void;
  /** Counts tries to deliver events, and those that are dead. */
  readonly onDelivery?: (outcome: DeliveryOutcome) => void;
  /** Counts events that the Redis stream was given. */
  readonly onStreamed?: (events: number) => void;
  /** How webhooks are posted, where it is to be otherwise than in production. */
  readonly webhooks?: WebhookOptions;
}

export type App = ReturnType<typeof createApp>;

export function createApp({
  config,
  database,
  reader = database,
  redis,
  sealer,
  codeKeys,
  clock,
  log,
  isOverloaded = () => false,
  onClaim = () => undefined,
  onBatch = () => undefined,
  onNumbers = () => undefined,
  onRefusal = () => undefined,
  onSkip = () => undefined,
  onDelivery = () => undefined,
  onStreamed = () => undefined,
  webhooks: webhookOptions = {},
}: AppParts) {
  const catalog = new TemplateCatalog(database, redis);
  const refusals = new RecordRefusals({ database, log, onRefusal, onSkip });
  const tries = new LimitCodeTries(redis, config.guard.key, clock, refusals);
  const guard = createGuard(config.guard, redis, refusals);
  const trustedHosts = config.webhookTrustedHosts;
  const quoteStore = new QuoteStore(database, redis, clock);
  const redemptions = createRedemptions({
    database,
    redis,
    quotes: quoteStore,
    clock,
    holdTtlMs: config.holdTtlMs,
  });
  const claims = createClaims({
    database,
    redis,
    sealer,
    catalog,
    guard,
    clock,
    log,
    isOverloaded,
    onClaim,
    onBatch,
  });
  const { rebuild, issueCoupon } = claims;
  return {
    database,
    reader,
    redis,
    sealer,
    clock,
    log,
    catalog,
    onNumbers,
    auditKeptMs: config.auditKeptMs,
    redemptions,
    ...createErasureRoom(),
    ...createTemplates(),
    ...createEvents(
      { database, redis, sealer, clock, log, trustedHosts, onDelivery, onStreamed },
      webhookOptions,
    ),
    ...claims,
    refusals,
    readCoupons: new ReadCoupons(reader, clock, tries),
    codes: createCodes({
      database,
      catalog,
      keys: codeKeys,
      clock,
      issue: issueCoupon,
      tries,
      onOutcome: onClaim,
    }),
    createShare: new CreateShare(database, catalog, clock),
    acceptShare: new AcceptShare(database, issueCoupon),
    payShareRewards: new PayShareRewards(issueCoupon, clock),
    ...createGrants(),
    ...createCustomers(),
    changeCoupon: new ChangeCoupon(database, clock, (id) =>
      redemptions.transactions.endOverdueHold(id),
    ),
    readQuotes: new ReadQuotes(quoteStore),
    simulateTemplate: new SimulateTemplate(database, clock, config.maxCouponsPerOrder),
    quoteDiscount: new QuoteDiscount({
      database,
      catalog,
      wallets: new Wallets(database),
      store: quoteStore,
      liveQuoteOf: redemptions.read.liveQuoteOf,
      clock,
      maxCoupons: config.maxCouponsPerOrder,
    }),
  };

  function createErasureRoom() {
    const forget = new ForgetTaker(redis, catalog, rebuild);
    return createErasures({
      database,
      sealer,
      clock,
      hashOf: (userId) => pseudonym(config.guard.key, 'erased', userId),
      scans: [
        (source, replacement) => eraseFromQuarantine(source, sealer, replacement),
        (source, replacement) => eraseFromAudiences(source, redis, replacement),
        forgetCustomer,
      ],
      forgetTaker: (templateId, userId) => forget.run(templateId, userId),
      onTrouble: (erasureId, err) =>
        log.warn({ err, erasureId }, 'an erasure will be gone on with'),
    });
  }

  function createTemplates() {
    return {
      listTemplates: new ListTemplates(reader, clock),
      saveTemplate: new SaveTemplate(database, catalog, clock),
      moveTemplate: new MoveTemplate({
        database,
        catalog,
        clock,
        factsForReview: async (template) => {
          const simulation = await readSimulation(database, template);
          return simulation && factsForReview(simulation);
        },
        warm: async ({ id }) => {
          // A cold gate is built by the first claim too; an operator's click must not fail for it.
          await rebuild
            .run(id)
            .catch((err: unknown) => log.warn({ err, templateId: id }, 'not warmed'));
        },
      }),
    };
  }

  function createGrants() {
    return {
      startGrant: new StartGrant({ database, catalog, clock }),
      stopGrant: new StopGrant(database, clock),
      readGrants: new ReadGrants(database),
      runGrants: new RunGrants({
        issue: issueCoupon,
        clock,
        onFault: (err, grantId) => log.error({ err, grantId }, 'a user of a grant is asked again'),
      }),
    };
  }

  function createCustomers() {
    const issue = new IssueTriggered(issueCoupon, (err, templateId) =>
      log.error({ err, templateId }, 'a triggered coupon is asked for again'),
    );
    return {
      recordEvent: new RecordEvent({ database, issue, clock }),
      grantBirthdays: new GrantBirthdays(issue, clock),
    };
  }
}
