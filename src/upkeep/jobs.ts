/**
 * All jobs on one page: what the workers do by themselves, how often, and in what bounds (docs/JOBS.md).
 *
 * None is needed for an answer to be right: the clock and the conditional statements decide, jobs tidy.
 * A leased job runs in one worker at a time and writes through its run's database, which refuses a worker
 * that lost its lease (frame/). A new job is a file beside this and an entry here.
 */
import type { App } from '../app.js';
import { JOB_PAGE } from '../config/limits.js';
import { purgeUploads } from '../grant/purge-uploads.js';
import { newId } from '../kernel/ids.js';
import { countTemplates } from '../numbers/count-templates.js';
import { readNumbers } from '../numbers/read-numbers.js';
import { archiveOldCoupons } from './archive-coupons.js';
import { expireCoupons } from './expire-coupons.js';
import { expireHolds } from './expire-holds.js';
import { expireTemplates } from './expire-templates.js';
import { inPages, type Job } from './frame/job.js';
import { scheduleJobs, type Jobs, type JobsObserver } from './frame/schedule-jobs.js';
import { purgeAudit } from './purge-audit.js';
import { purgeEvents, purgeQuotes, purgeReminders, type PurgePage } from './purge-rows.js';
import { remindOwners } from './remind-owners.js';
import { noteDrifts, reconcileGates } from './reconcile-gates.js';
import { reconcileRecords } from './reconcile-records.js';
import { warmTemplates } from './warm-templates.js';

/** Six fields: the first is seconds. */
const EVERY_SECOND = { pattern: '* * * * * *', everyMs: 1_000 };
const EVERY_5_SECONDS = { pattern: '*/5 * * * * *', everyMs: 5_000 };
const EVERY_15_SECONDS = { pattern: '*/15 * * * * *', everyMs: 15_000 };
const EVERY_MINUTE = { pattern: '0 * * * * *', everyMs: 60_000 };

export function jobsOf(app: App): readonly Job[] {
  return [
    ...claimJobs(app),
    ...issueJobs(app),
    ...grantJobs(app),
    ...expiryJobs(app),
    ...numberJobs(app),
    ...eventJobs(app),
    ...lateJobs(app),
    ...purgeJobs(app),
  ];
}

export function startJobs(app: App, onRan: JobsObserver['ran'] = () => undefined): Jobs {
  const { database, clock, log } = app;
  return scheduleJobs(jobsOf(app), {
    database,
    holder: newId(clock.nowMs()),
    observer: {
      ran: onRan,
      failed: (job, err) => log.warn({ err, job }, 'a job will try again'),
    },
  });
}

/** What keeps the gates of claims open and true. */
function claimJobs({ redis, rebuild, settleJournals, clock, log }: App): Job[] {
  return [
    {
      // Workers share the entries out by taking them over; a lease would only make them wait for a dead one.
      name: 'settle-journals',
      ...EVERY_SECOND,
      isConcurrent: true,
      run: async () => ({ handled: await settleJournals.run() }),
    },
    {
      name: 'warm-templates',
      ...EVERY_5_SECONDS,
      run: async ({ database }) => ({
        handled: await warmTemplates(database, redis, rebuild, clock),
      }),
    },
    {
      name: 'reconcile-gates',
      ...EVERY_5_SECONDS,
      run: async (run) => {
        const drifts = await reconcileGates(run.database, redis, rebuild);
        await noteDrifts(run, drifts.length, clock.nowMs());
        for (const drift of drifts)
          log.error(drift, 'Redis and MySQL did not agree about the stock of a template');
        return { handled: drifts.length };
      },
    },
  ];
}

/** What is issued by itself. */
function issueJobs({ payShareRewards, log }: App): Job[] {
  return [
    {
      name: 'pay-share-rewards',
      ...EVERY_SECOND,
      run: async (run) => {
        const { refused, ...result } = await payShareRewards.run(run);
        for (const one of refused) log.warn(one, 'a sharer cannot be rewarded');
        return result;
      },
    },
  ];
}

/** What gives coupons that nobody claims. */
function grantJobs({ runGrants, grantBirthdays, clock }: App): Job[] {
  return [
    { name: 'run-grants', ...EVERY_SECOND, run: (run) => runGrants.run(run) },
    { name: 'grant-birthdays', ...EVERY_MINUTE, run: (run) => grantBirthdays.run(run) },
    {
      name: 'purge-uploads',
      ...EVERY_MINUTE,
      run: (run) => inPages(run, JOB_PAGE, () => purgeUploads(run, clock)),
    },
  ];
}

/** What writes down that a time is over. */
function expiryJobs({ redemptions, clock, log }: App): Job[] {
  return [
    {
      name: 'expire-holds',
      ...EVERY_5_SECONDS,
      run: async ({ database }) => {
        const { expired, failures } = await expireHolds(database, redemptions.transactions, clock);
        for (const failure of failures) log.error(failure, 'a hold cannot be ended');
        return { handled: expired };
      },
    },
    {
      name: 'expire-coupons',
      ...EVERY_5_SECONDS,
      run: (run) => expireCoupons(run, clock),
    },
    {
      name: 'expire-templates',
      ...EVERY_5_SECONDS,
      run: (run) => inPages(run, JOB_PAGE, () => expireTemplates(run.database, clock)),
    },
  ];
}

/** What counts, so that nobody who looks makes MySQL count. */
function numberJobs({ database, clock, onNumbers }: App): Job[] {
  return [
    { name: 'count-templates', ...EVERY_5_SECONDS, run: (run) => countTemplates(run, clock) },
    {
      // Every worker shows its own gauges, so none goes stale with a lease that went elsewhere.
      name: 'read-numbers',
      ...EVERY_15_SECONDS,
      isConcurrent: true,
      run: async () => {
        onNumbers(await readNumbers(database, clock));
        return { handled: 1 };
      },
    },
  ];
}

/** What tells others. */
function eventJobs({ relay, webhooks }: App): Job[] {
  return [
    { name: 'relay-events', ...EVERY_SECOND, run: (run) => relay.run(run) },
    {
      name: 'tidy-webhooks',
      ...EVERY_MINUTE,
      run: async ({ database }) => ({ handled: await webhooks.tidy.run(database) }),
    },
  ];
}

/** What tells people, what looks after the records, and what puts away or forgets. */
function lateJobs({ clock, log, runErasures }: App): Job[] {
  return [
    { name: 'remind-owners', ...EVERY_MINUTE, run: (run) => remindOwners(run, clock) },
    {
      name: 'reconcile-records',
      ...EVERY_MINUTE,
      run: (run) =>
        reconcileRecords(run, clock, (drift) =>
          log.error({ drift }, 'records of MySQL do not agree'),
        ),
    },
    {
      name: 'erase-users',
      ...EVERY_MINUTE,
      run: async ({ database }) => ({ handled: await runErasures.run(database) }),
    },
    { name: 'archive-coupons', ...EVERY_MINUTE, run: (run) => archiveOldCoupons(run, clock) },
  ];
}

/** What deletes rows that nobody needs any more. */
function purgeJobs({ clock, auditKeptMs }: App): Job[] {
  const purge = (name: string, page: PurgePage): Job => ({
    name,
    ...EVERY_MINUTE,
    run: (run) => inPages(run, JOB_PAGE, () => page(run.database, clock)),
  });
  return [
    purge('purge-quotes', purgeQuotes),
    purge('purge-reminders', purgeReminders),
    purge('purge-events', purgeEvents),
    purge('purge-audit', async (database) =>
      auditKeptMs === null ? 0 : purgeAudit(database, clock, auditKeptMs),
    ),
  ];
}
