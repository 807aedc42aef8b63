/**
 * All jobs on one page. Each is idempotent and bounded, so any number of workers may run it at once; none
 * is needed for an answer to be right: the clock and the conditional statements decide, jobs tidy.
 */
import { Cron } from 'croner';
import type { App } from '../app.js';
import { expireCoupons } from './expire-coupons.js';
import { expireHolds } from './expire-holds.js';
import { expireTemplates } from './expire-templates.js';
import { purgeQuotes } from './purge-quotes.js';
import { reconcileGates } from './reconcile-gates.js';
import { warmTemplates } from './warm-templates.js';

export interface Jobs {
  /** Starts no new run; resolves when the running ones are done. */
  stop(): Promise<void>;
}

/** Six fields: the first is seconds. */
const EVERY_SECOND = '* * * * * *';
const EVERY_5_SECONDS = '*/5 * * * * *';
const EVERY_MINUTE = '0 * * * * *';

export function startJobs(app: App): Jobs {
  const running = new Set<Promise<unknown>>();
  const { database, redis, clock, log } = app;

  const schedule = (name: string, pattern: string, job: () => Promise<unknown>): Cron =>
    new Cron(pattern, { protect: true, unref: true }, async () => {
      const run = job().catch((err: unknown) =>
        log.warn({ err, job: name }, 'a job will try again'),
      );
      running.add(run);
      await run.finally(() => running.delete(run));
    });

  const crons = [
    schedule('settle-journals', EVERY_SECOND, () => app.settleJournals.run()),
    schedule('warm-templates', EVERY_5_SECONDS, () =>
      warmTemplates(database, redis, app.rebuild, clock),
    ),
    schedule('reconcile-gates', EVERY_5_SECONDS, async () => {
      for (const drift of await reconcileGates(database, redis, app.rebuild))
        log.error(drift, 'Redis and MySQL did not agree about the stock of a template');
    }),
    schedule('expire-holds', EVERY_5_SECONDS, async () => {
      const { failures } = await expireHolds(database, app.redemptions.transactions, clock);
      for (const failure of failures) log.error(failure, 'a hold cannot be ended');
    }),
    schedule('expire-coupons', EVERY_5_SECONDS, () => expireCoupons(database, clock)),
    schedule('expire-templates', EVERY_5_SECONDS, () => expireTemplates(database, clock)),
    schedule('purge-quotes', EVERY_MINUTE, () => purgeQuotes(database, clock)),
  ];
  return {
    stop: async () => {
      for (const cron of crons) cron.stop();
      await Promise.all(running);
    },
  };
}
