/**
 * The demo, from nothing to a shop that sells: the sample graph comes up, operators make coupons, ten
 * thousand users run for a thousand of them, the invariants are checked, some of the winners go shopping, and
 * a neighbour was notified of every coupon. Then it stays up to be explored; with --exit it ends: status 0, or
 * 1 if an invariant broke.
 */
import { readConfig } from '../config/environment.js';
import { claim, shop } from './checkout.js';
import { checkInvariants } from './check-invariants.js';
import { runFlashSale } from './flash-sale.js';
import { awaitNotifications, expectedNotifications } from './notification-report.js';
import { gatherPeople, type People } from './people.js';
import { count, receipt, say, table } from './print.js';
import { startSampleGraph, type SampleGraph, type Stoppable } from './sample-graph.js';
import { saleProgress, saleTable } from './sale-report.js';
import { sampleTabs } from './sample-queries.js';
import { shoppingTrips } from './shopping-trips.js';
import { subscribe } from './subscribe.js';
import { makeTemplates, SALE_TOTAL, type Templates } from './templates.js';

const BUYERS = 10_000;

const mayStay = !process.argv.includes('--exit');
const started: Stoppable[] = [];
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void end(0));

try {
  const isOk = await play();
  if (!mayStay) await end(isOk ? 0 : 1);
} catch (error) {
  // What is under way fails when the demo is being stopped; that is no news.
  if (!isEnding) {
    process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
    await end(1);
  }
}

async function play(): Promise<boolean> {
  const config = readConfig(process.env);
  say('Starting the service, its neighbours and the gateway …');
  const graph = await startSampleGraph(config, started, (line) => say(`  ${line}`));
  const people = await gatherPeople(config, BUYERS);
  const templates = await makeTemplates(graph.service, people);
  started.push(await subscribe(graph.service, people.author, graph.notifications));
  await claim(graph.gatewayUrl, people.regular, templates.lastDays.id);
  say('\nCoupons, each written by one person and approved by another\n');
  say(table(Object.values(templates).map(({ name, status }) => [name, status])));
  const { isOk: isSold, winners } = await sell(graph, people, templates);
  say('\nSome of the winners go shopping through the gateway: quote, hold, pay, confirm\n');
  const trips = shoppingTrips(winners, templates);
  for (const trip of trips) say(receipt(await shop(graph.gatewayUrl, trip)));
  say('\nNotifications: a webhook tells of every coupon. Reminders are written once a minute …\n');
  const expected = expectedNotifications(people, templates, winners, trips);
  const notifications = await awaitNotifications(graph.notifications, expected);
  say(notifications.text);
  if (mayStay) {
    const callers = {
      customer: winners[0]!.token,
      newcomer: people.newcomer,
      operator: people.author,
    };
    graph.show(sampleTabs(callers, templates.electronics.id));
    say(`\nUp until Ctrl-C. GraphiQL with sample queries and tokens: ${graph.gatewayUrl}\n`);
    say(table([['service', graph.service.url], ...Object.entries(graph.neighbours)]));
  }
  return isSold && notifications.isOk;
}

async function sell(graph: SampleGraph, { buyers }: People, { sale }: Templates) {
  say(`\nFlash sale: ${count(BUYERS)} users after ${count(SALE_TOTAL)} coupons\n`);
  const progress = saleProgress(BUYERS);
  const onProgress = progress.update;
  const tally = await runFlashSale({
    url: graph.service,
    templateId: sale.id,
    buyers,
    onProgress,
  });
  progress.stop();
  const invariants = await checkInvariants(tally, SALE_TOTAL);
  say(saleTable(tally, invariants.summary));
  for (const line of invariants.broken) say(`  BROKEN ${line}`);
  return { isOk: invariants.broken.length === 0, winners: tally.winners };
}

async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  if (mayStay) say('\nStopping …');
  for (const part of started.toReversed()) await part.stop().catch(() => undefined);
  process.exit(code);
}
