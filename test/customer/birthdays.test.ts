/** Every customer has a coupon on their birthday, where they are, once a year. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CUSTOMER_SQL } from '../../src/customer/customer.store.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { openWorld, type World } from '../kit/world.js';
import { goTo, ownersOf, runBirthdays, tell, triggeredTemplate } from './kit.js';

/** A year that lies ahead, and has a leap year after it. */
const THIS_YEAR = new Date().getUTCFullYear();
const YEAR = THIS_YEAR + 4 - ((THIS_YEAR + 1) % 4);

describe('the job of birthdays', () => {
  let world: World;
  let templateId: string;
  beforeEach(async () => {
    world = await openWorld();
    goTo(world, `${YEAR}-01-15T00:00:00Z`);
    templateId = (await triggeredTemplate(world, 'BIRTHDAY', { perUserLimit: 9 })).id;
    await triggeredTemplate(world, 'REGISTERED');
  });
  afterEach(() => world.close());

  const profile = (userId: string, birthday: string, timeZone: string | null = null) =>
    tell(world, { type: 'PROFILE_CHANGED', userId, birthday, timeZone });
  const owners = () => ownersOf(world, templateId);
  const runAt = async (moment: string) => {
    goTo(world, moment);
    await runBirthdays(world);
    return owners();
  };

  it('gives when the day begins where the customer is, and to nobody else', async () => {
    await profile('kiri', '05-01', 'Pacific/Kiritimati');
    await profile('nobody-knows', '05-01');
    await profile('angela', '05-01', 'America/Los_Angeles');
    await profile('ben', '05-02');
    await profile('ageless', '05-01');
    await tell(world, { type: 'PROFILE_CHANGED', userId: 'ageless', level: 'gold' });
    expect(await runAt(`${YEAR}-04-30T09:59:00Z`)).toEqual([]);
    expect(await runAt(`${YEAR}-04-30T10:00:01Z`)).toEqual(['kiri']);
    expect(await runAt(`${YEAR}-04-30T23:59:00Z`)).toEqual(['kiri']);
    expect(await runAt(`${YEAR}-05-01T00:00:01Z`)).toEqual(['kiri', 'nobody-knows']);
    expect(await runAt(`${YEAR}-05-01T06:59:00Z`)).toEqual(['kiri', 'nobody-knows']);
    expect(await runAt(`${YEAR}-05-01T07:00:01Z`)).toEqual(['angela', 'kiri', 'nobody-knows']);
    expect((await world.verify()).violations).toEqual([]);
  });

  it('celebrates 29 February on the 28th in years without one', async () => {
    await profile('leap', '2000-02-29');
    expect(await runAt(`${YEAR}-02-27T23:00:00Z`)).toEqual([]);
    expect(await runAt(`${YEAR}-02-28T00:00:01Z`)).toEqual(['leap']);
    expect(await runAt(`${YEAR + 1}-02-28T12:00:00Z`)).toEqual(['leap']);
    expect(await runAt(`${YEAR + 1}-02-29T00:00:01Z`)).toEqual(['leap', 'leap']);
  });

  it('gives once a year, whoever runs it, and whatever the customer says meanwhile', async () => {
    await profile('anna', '05-01');
    goTo(world, `${YEAR}-05-01T01:00:00Z`);
    await Promise.all([runBirthdays(world), runBirthdays(world)]);
    expect(await owners()).toEqual(['anna']);
    await profile('anna', '05-01', 'America/Los_Angeles');
    expect(await runAt(`${YEAR}-05-01T12:00:00Z`)).toEqual(['anna']);
    await profile('anna', '08-01');
    expect(await runAt(`${YEAR}-08-01T12:00:00Z`)).toEqual(['anna']);
    expect(await runAt(`${YEAR + 1}-08-01T12:00:00Z`)).toEqual(['anna', 'anna']);
  });

  it('makes up for the last three days after an outage, and for no more', async () => {
    await profile('lost', '05-01');
    await profile('late', '05-02');
    goTo(world, `${YEAR}-05-05T12:00:00Z`);
    expect(await runBirthdays(world)).toEqual({ handled: 2, isMore: false, lagMs: 0 });
    expect(await owners()).toEqual(['late']);
    expect(await runAt(`${YEAR + 1}-05-02T00:00:01Z`)).toEqual(['late', 'late', 'lost']);
  });

  it('does not lose a birthday to make up for when something else of the customer is told', async () => {
    await profile('late', '05-01');
    goTo(world, `${YEAR}-05-03T12:00:00Z`);
    await tell(world, { type: 'PROFILE_CHANGED', userId: 'late', birthday: '05-01', level: 'x' });
    await runBirthdays(world);
    expect(await owners()).toEqual(['late']);
  });

  it('gives to who tells their birthday on the day itself', async () => {
    goTo(world, `${YEAR}-05-01T20:00:00Z`);
    await profile('today', '05-01');
    await profile('yesterday', '04-30');
    await runBirthdays(world);
    expect(await owners()).toEqual(['today']);
  });

  it('works in pages, and leaves due about whom nothing could be decided', async () => {
    for (let i = 0; i < 7; i += 1) await profile(`user-${i}`, '05-01');
    goTo(world, `${YEAR}-05-01T01:00:00Z`);
    const busy = await openWorld(world.stores, { isOverloaded: () => true, clock: world.clock });
    const waiting = await runBirthdays(busy, 3);
    expect(waiting).toMatchObject({ handled: 0, isMore: false });
    expect(waiting.lagMs).toBeGreaterThanOrEqual(3_600_000);
    expect(await owners()).toEqual([]);
    expect(await runBirthdays(world, 3)).toEqual({ handled: 7, isMore: false, lagMs: 0 });
    expect(await owners()).toHaveLength(7);
    await busy.close();
  });

  it('goes on where a worker died after it gave, and gives nothing twice', async () => {
    await profile('anna', '05-01');
    goTo(world, `${YEAR}-05-01T01:00:00Z`);
    const died = new Error('the worker died here');
    const { database } = world.app;
    const dying = {
      rows: database.rows.bind(database),
      transaction: () => Promise.reject(died),
    };
    const signal = new AbortController().signal;
    await expect(world.app.grantBirthdays.run({ database: dying, signal })).rejects.toBe(died);
    expect(await owners()).toEqual(['anna']);
    await runBirthdays(world);
    expect(await owners()).toEqual(['anna']);
  });

  it('finds who is due by an index', async () => {
    const now = toSqlMoment(world.clock.nowMs());
    const values = [now, now, now, '', 100];
    const plan = await world.stores.database.rows(`EXPLAIN ${CUSTOMER_SQL.due}`, values);
    expect(plan.map((row) => [row['key'], row['type']])).toEqual([
      ['ix_customer_birthday', 'range'],
    ]);
  });
});
