/**
 * The service on the stores it is given, five times in one process: as it is; with its commits statement by
 * statement; with a claim that is answered from memory (the constant of the same shape); with a claim per FOR
 * UPDATE; and answering after Redis. Schema, HTTP, authentication, policies, metrics and logs are the service's
 * own in all of them. In one process what they share is as warm for one as for the other: in a process of its
 * own a lane that was asked less was slower by a half.
 */
import 'reflect-metadata';
import type { App } from '../../src/app.js';
import { Committer } from '../../src/claim/committer.js';
import { Journal } from '../../src/claim/journal.js';
import { ReserveClaims } from '../../src/claim/reserve-claims.js';
import { couponOf } from '../../src/claim/claim.types.js';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { rejection } from '../../src/kernel/rejection.js';
import { ok, rejected } from '../../src/kernel/result.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import type { Address } from '../kit/lane.js';
import { authenticateFor, composeApp, serve } from '../kit/serve.js';
import { draftOf } from './draft-of.js';
import { claimsForUpdate } from './for-update.js';
import type { ServiceLane } from './stage.js';

type Run = App['claimCoupon']['run'];

const config = readConfig({ ...process.env, NODE_ENV: 'test' });
const installation = await openInstallation(config, () => undefined);
const app = composeApp(config, installation);
const database = await connectDatabase(config.mysqlUrl!, false);
const byStatements = composeApp(config, { ...installation, database });
const authenticate = await authenticateFor(config);
// Of its own, for the lane that does not wait.
const reserver = new ReserveClaims(app.redis);
const committer = new Committer(app.database, (error) => console.error(error));
const journal = new Journal(app.redis, reserver);

/** Everything but the guard and the stores. */
const constantClaim: Run = async (caller, request) => {
  const { draft } = await draftOf(app, caller, request);
  const none = { tag: '', journalId: '', epoch: 0, seq: 0, slot: 1, drawNo: null };
  const coupon = couponOf({ draft, ...none, faceValueMinor: null, mayExist: false });
  return ok({ coupon, replayed: false });
};

/** What the seeds of this design do: Redis has it, the database will. */
const claimAfterRedis: Run = async (caller, request) => {
  const { template, draft } = await draftOf(app, caller, request);
  const reply = await reserver.reserve(draft, template);
  if (reply.kind !== 'RESERVED') return rejected(rejection('SOLD_OUT'));
  const reservation = { draft, ...reply, faceValueMinor: null, mayExist: false };
  void committer.commit(reservation).then(() => journal.forget(reservation));
  return ok({ coupon: couponOf(reservation), replayed: false });
};

const claims: Record<ServiceLane, Pick<App['claimCoupon'], 'run'>> = {
  durable: app.claimCoupon,
  statements: byStatements.claimCoupon,
  constant: { run: constantClaim },
  forUpdate: { run: claimsForUpdate(config.mysqlUrl!, app) },
  afterRedis: { run: claimAfterRedis },
};
const urls: Record<string, Address> = {};
for (const [lane, claimCoupon] of Object.entries(claims)) {
  const url = await serve({ ...app, claimCoupon } as App, authenticate);
  urls[lane] = { url, pid: process.pid };
}
process.send!(urls);
process.on('SIGTERM', () => {
  const drained = [app, byStatements].map(({ committer }) => committer.drain());
  void Promise.all(drained).then(() => process.exit(0));
});
