/** The log: nothing is missed however late it commits, and the order of a subject is that of its changes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogOutbox } from '../../src/event/log-outbox.js';
import { newId, newIdAfter } from '../../src/kernel/ids.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { operator } from '../kit/world.js';
import { openReceiver, type Receiver } from '../webhook/receiver.js';
import { newSubject, openRelay, record, type RelayWorld } from '../webhook/world.js';

const HOUR_MS = 3_600_000;

describe('the relay', () => {
  let world: RelayWorld;
  let receiver: Receiver;
  beforeEach(async () => {
    [world, receiver] = await Promise.all([openRelay(), openReceiver()]);
    await world.endpoint(receiver.url, ['redemption.*']);
  });
  afterEach(async () => {
    world.app.webhooks.deliver.hangUp();
    await world.close();
    await receiver.close();
  });

  const seqsOf = (subject: string) =>
    receiver.taken().flatMap(({ subject: of, data }) => (of === subject ? [data['seq']] : []));
  const logged = () =>
    world.stores.database.rows('SELECT position, outbox_id FROM event_log ORDER BY position');

  it('does not miss what commits after later ids were told', async () => {
    const [late, early] = [newSubject(), newSubject()];
    const opened = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow = world.stores.database.transaction(async (sql) => {
      const values = [newId(1), 'redemption.held', late, '{"seq":1}', toSqlMoment(Date.now())];
      await sql.change(
        'INSERT INTO outbox (id, type, subject_id, payload, created_at) VALUES (?, ?, ?, ?, ?)',
        values,
      );
      opened.resolve();
      await goOn.promise;
    });
    await opened.promise;
    await record(world, early, 1);
    await world.relay();
    expect([seqsOf(early), seqsOf(late)]).toEqual([[1], []]);
    goOn.resolve();
    await slow;
    await world.relay();
    expect(seqsOf(late)).toEqual([1]);
  });

  it('tells the changes of a subject in their order, though the clock of the first was ahead', async () => {
    const subject = newSubject();
    world.clock.forward(HOUR_MS);
    await record(world, subject, 1);
    world.clock.forward(-2 * HOUR_MS);
    await record(world, subject, 2);
    await record(world, subject, 3);
    world.clock.forward(HOUR_MS);
    const rows = await world.stores.database.rows(
      'SELECT payload FROM outbox WHERE subject_id = ? ORDER BY id',
      [subject],
    );
    expect(rows.map(({ payload }) => (JSON.parse(String(payload)) as { seq: number }).seq)).toEqual(
      [1, 2, 3],
    );
    await world.relay();
    expect(seqsOf(subject)).toEqual([1, 2, 3]);
  });

  it('makes ids that sort after the one before, whatever the clock says', () => {
    const ahead = newId(Date.now() + HOUR_MS);
    expect(newIdAfter(ahead, Date.now()) > ahead).toBe(true);
    expect(newIdAfter(undefined, Date.now())).toHaveLength(26);
  });

  it('gives each row one place, without gaps, when several log at once', async () => {
    for (let i = 0; i < 40; i += 1) await record(world, newSubject(), 1);
    const { database } = world.stores;
    const relays = Array.from({ length: 4 }, () => new LogOutbox(world.clock));
    for (let left = 1; left > 0;) {
      const counts = await Promise.all(relays.map((relay) => relay.run(database)));
      left = Math.max(...counts);
    }
    const rows = await logged();
    expect(new Set(rows.map((row) => row['outbox_id'])).size).toBe(rows.length);
    expect(rows.map((row) => Number(row['position']))).toEqual(rows.map((_, i) => i + 1));
    const [due] = await database.rows(
      'SELECT COUNT(*) AS n FROM outbox WHERE delivered_at IS NULL',
    );
    expect(Number(due!['n'])).toBe(0);
  });

  it('repeats events but does not reorder them when two deliver at once', async () => {
    const other = await openRelay(world.stores);
    const subjects = Array.from({ length: 5 }, newSubject);
    let nth = 0;
    receiver.react(() => (nth++ % 5 === 3 ? 500 : 204));
    for (let seq = 1; seq <= 6; seq += 1) {
      for (const subject of subjects) await record(world, subject, seq);
      await Promise.all([world.relay(), other.relay()]);
    }
    for (let tries = 0; tries < 20; tries += 1) {
      world.clock.forward(4 * HOUR_MS);
      other.clock.forward(4 * HOUR_MS);
      await Promise.all([world.relay(), other.relay()]);
    }
    for (const subject of subjects) expect(seqsOf(subject)).toEqual([1, 2, 3, 4, 5, 6]);
    other.app.webhooks.deliver.hangUp();
  }, 60_000);

  it('tells a page again when it was cut off before its place moved on', async () => {
    const subjects = Array.from({ length: 12 }, newSubject);
    for (const subject of subjects) await record(world, subject, 1);
    const answers = Array.from({ length: 3 }, () => Promise.withResolvers<number>());
    let nth = 0;
    receiver.react(() => () => answers[nth++]?.promise ?? new Promise(() => undefined));
    await world.app.relay.pass(world.stores.database);
    for (const answer of answers) answer.resolve(204);
    while (receiver.taken().length < 3) await new Promise((done) => setTimeout(done, 10));
    world.app.webhooks.deliver.hangUp();
    await world.app.webhooks.deliver.settled();
    const [waiting] = await world.stores.database.rows(
      'SELECT COUNT(*) AS n FROM webhook_delivery',
    );
    expect(Number(waiting!['n'])).toBe(0);
    receiver.react(() => 204);
    await world.relay();
    for (const subject of subjects) expect(seqsOf(subject)).toEqual([1]);
  });

  it('goes on for an endpoint that was disabled where it stood', async () => {
    const { database } = world.stores;

    const [row] = await database.rows('SELECT id FROM webhook_endpoint');
    const id = String(row!['id']);
    const subject = newSubject();
    await world.app.manageEndpoints.disable(operator, id, 'maintenance');
    await record(world, subject, 1);
    await world.relay();
    expect(seqsOf(subject)).toEqual([]);
    await world.app.manageEndpoints.enable(operator, id, 'done');
    await world.relay();
    expect(seqsOf(subject)).toEqual([1]);
  });

  it('disables an endpoint that says it is gone', async () => {
    receiver.react(() => 410);
    await record(world, newSubject(), 1);
    await world.relay();
    const [row] = await world.stores.database.rows('SELECT status FROM webhook_endpoint');
    expect(row!['status']).toBe('DISABLED');
  });
});
