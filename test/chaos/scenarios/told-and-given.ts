/**
 * A worker dies in the middle of a grant, the next ones in the middle of the relay: between the coupons of a
 * page and its list; after events were logged, appended to the stream or posted, and before that is written
 * down. In the end every event was told at least once and in the order of its coupon, the stream has each once,
 * and everybody of the list has one coupon.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { countGiven } from '../../../bench/grants/kill-workers.js';
import { readGrant } from '../../../src/grant/grant.store.js';
import type { Step } from '../../../src/storage/steps.js';
import { startGrant, usersOf } from '../../grant/start.js';
import { openReceiver } from '../../webhook/receiver.js';
import { TestClock } from '../../kit/test-clock.js';
import { activeTemplate, operator } from '../../kit/world.js';
import { atStep } from '../arena/at-step.js';
import { ask } from '../client/ask.js';
import type { Stage } from '../stage/stage.js';
import type { Crew } from '../arena/crew.js';
import { readTold, wronglyTold } from '../history/check-told.js';
import { Broken, onStage, type Scenario } from './scenario.js';

/** One life each, in this order: the grant is over soon, events come all the time. */
const DEATHS: readonly (readonly [step: Step, nth: number])[] = [
  ['grant:asked', 1],
  ['relay:logged', 2],
  ['relay:appended', 2],
  ['relay:delivered', 2],
];
/** More than a page of a grant. */
const USERS = 1_200;
/** Of whom operators freeze and unfreeze the coupons all the while. */
const RESTLESS = 20;
const WITHIN_MS = 60_000;
const POLL_MS = 50;

export const toldAndGiven: Scenario = {
  name: 'told-and-given',
  proves: 'Killed within a grant or the relay, nobody is given twice and every event is told.',
  isInCi: true,
  play: (context) => onStage(context, play),
};

async function play(stage: Stage): Promise<string> {
  const receiver = await openReceiver();
  let isOver = false;
  try {
    await makeEndpoint(stage, receiver.url);
    const made = { app: stage.app, clock: new TestClock() };
    const { id: templateId } = await activeTemplate(made, { totalCount: USERS });
    await stage.template({ totalCount: 5 });
    const { id: grantId } = await startGrant(stage, templateId, usersOf(USERS, 'given'));
    const restless = unsettle(stage, templateId, () => isOver);
    const survivor = await dieAtEach(stage);
    await until('everybody was given', async () => {
      return (await readGrant(stage.database, grantId))?.status === 'DONE';
    });
    isOver = true;
    await restless;
    await until('all was told', async () => (await readTold(stage, templateId, receiver)).isAll);
    await survivor.dismiss();
    const given = await countGiven(stage.database, grantId);
    if (given.coupons !== USERS || given.users !== USERS)
      throw new Broken(`${given.coupons} coupons of ${given.users} users instead of ${USERS}`);
    const [wrong] = wronglyTold(await readTold(stage, templateId, receiver));
    if (wrong !== undefined) throw new Broken(wrong);
    const told = receiver.taken().length;
    const repeated = receiver.received.length - told;
    return `${DEATHS.length} deaths; ${USERS} users given once; ${told} events told, ${repeated} again`;
  } finally {
    isOver = true;
    await receiver.close();
  }
}

/** By a process: its secret is sealed with a key of theirs, not of the runner's. */
async function makeEndpoint(stage: Stage, url: string): Promise<void> {
  const crew = await stage.hire({ seats: ['makes'], life: () => stage.life('api') });
  const mutation = `mutation ($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) { __typename } }`;
  const token = await stage.token('olga', 'coupons:admin');
  const input = { url, types: ['coupon.*'] };
  const { data } = await ask<{ createWebhookEndpoint: { __typename: string } }>(
    crew.urls()[0]!,
    token,
    mutation,
    input,
  );
  const made = data?.createWebhookEndpoint.__typename;
  if (made !== 'WebhookEndpointSaved') throw new Broken(`no endpoint: ${made}`);
}

/** @returns the crew, when all of them have died and another one works */
async function dieAtEach(stage: Stage): Promise<Crew> {
  const hired: { crew?: Crew } = {};
  let lives = 0;
  let deaths = 0;
  const crew = await stage.hire({
    seats: ['worker'],
    life: () => {
      const [step, nth] = DEATHS[lives] ?? [];
      lives += 1;
      if (step === undefined) return stage.life('worker');
      return stage.life('worker', atStep(step, nth), ['crash-at']);
    },
    onHired: (crew) => (hired.crew = crew),
    onStart: (process) => {
      if (lives <= DEATHS.length) hired.crew!.expectEnd(process);
    },
    onExit: () => {
      deaths += 1;
      // As if ten seconds had passed: the leases of the dead.
      const over = 'UPDATE job SET leased_until = UTC_TIMESTAMP(3) WHERE holder IS NOT NULL';
      void stage.database.transaction((sql) => sql.change(over)).catch(() => undefined);
    },
  });
  await until('every step was died at', async () => deaths >= DEATHS.length);
  return crew;
}

/** Operators freeze and unfreeze coupons: events of which each must come after the one before. */
async function unsettle(stage: Stage, templateId: string, isOver: () => boolean): Promise<void> {
  for (let turn = 0; !isOver(); turn += 1) {
    const action = turn % 2 === 0 ? 'FREEZE' : 'UNFREEZE';
    const coupons = await stage.database.rows(
      'SELECT id FROM coupon WHERE template_id = ? ORDER BY id LIMIT ?',
      [templateId, RESTLESS],
    );
    for (const { id } of coupons)
      await stage.app.changeCoupon.run(operator, action, { id: String(id), reason: 'restless' });
    await sleep(POLL_MS);
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > untilMs)
      throw new Broken(`after ${WITHIN_MS / 1_000} s it is not yet so that ${what}`);
    await sleep(POLL_MS);
  }
}
