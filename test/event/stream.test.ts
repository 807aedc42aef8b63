/** The Redis stream for other services: the log with its places as ids, whatever Redis loses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeTemplate, claim } from '../kit/world.js';
import { connectRedis } from '../../src/storage/redis.js';
import { newSubject, openRelay, record, type RelayWorld } from '../webhook/world.js';

describe('the stream', () => {
  let world: RelayWorld;
  beforeEach(async () => {
    world = await openRelay();
  });
  afterEach(() => world.close());

  const entries = () => world.stores.redis.client.xrange('events', '-', '+');
  const positions = async () => (await entries()).map(([id]) => id);

  it('has an entry of each event, in the order of the log', async () => {
    const { id: templateId } = await activeTemplate(world);
    const { couponId } = await claim(world, templateId, 'anna');
    await world.relay();
    const all = await entries();
    const fields = Object.fromEntries(
      Array.from({ length: 4 }, (_, i) => all.at(-1)![1].slice(2 * i, 2 * i + 2)),
    ) as Record<string, string>;
    expect(fields).toMatchObject({ type: 'coupon.claimed', subject: couponId });
    expect(JSON.parse(fields['event']!)).toMatchObject({
      specversion: '1.0',
      id: fields['id'],
      data: { userId: 'anna', seq: 1 },
    });
    expect(await positions()).toEqual(all.map((_, i) => `${i + 1}-0`));
  });

  it('is filled again with the same ids after Redis lost everything, and nothing is missing', async () => {
    const subject = newSubject();
    for (let seq = 1; seq <= 5; seq += 1) await record(world, subject, seq);
    await world.relay();
    const before = await entries();
    await world.stores.redis.client.flushdb();
    await record(world, subject, 6);
    await world.relay();
    const after = await entries();
    expect(after.slice(0, 5)).toEqual(before);
    expect(after).toHaveLength(6);
    // A reader that kept the id of the third entry reads on after it.
    const rest = await world.stores.redis.client.xread('STREAMS', 'events', before[2]![0]);
    expect(rest![0]![1].map(([id]) => id)).toEqual(['4-0', '5-0', '6-0']);
  });

  it('appends what is missing after Redis went back in time', async () => {
    for (let i = 0; i < 4; i += 1) await record(world, newSubject(), 1);
    await world.relay();
    const ids = await positions();
    await world.stores.redis.client.xdel('events', ids[2]!, ids[3]!);
    // A stream never takes an id again that it has given, but one that came back from the past has not.
    const kept = await entries();
    await world.stores.redis.client.del('events');
    for (const [id, fields] of kept) await world.stores.redis.client.xadd('events', id, ...fields);
    await world.relay();
    expect(await positions()).toEqual(ids);
  });

  it('is not filled while Redis is gone, and the log goes on', async () => {
    const nowhere = connectRedis('redis://127.0.0.1:1/0');
    const alone = await openRelay({ ...world.stores, redis: nowhere });
    await record(world, newSubject(), 1);
    await alone.relay();
    expect(await positions()).toEqual([]);
    await world.relay();
    expect(await positions()).toEqual(['1-0']);
    nowhere.close();
  });

  it('forgets places that MySQL, set back, gives anew', async () => {
    await record(world, newSubject(), 1);
    await world.relay();
    await world.stores.redis.client.xadd('events', '900-0', 'id', 'of another future');
    await record(world, newSubject(), 1);
    await world.relay();
    expect(await positions()).toEqual(['1-0', '2-0']);
  });
});
