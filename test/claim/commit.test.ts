/** The group commit: what one batch does for its reservations, good and bad together. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIM_SQL } from '../../src/claim/claim.store.js';
import { PACKET_SQL } from '../../src/claim/claim-packet.js';
import { OPEN, type Reservation } from '../../src/claim/claim.types.js';
import { newId } from '../../src/kernel/ids.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import type { Database } from '../../src/storage/database.js';
import { openStores, type Stores } from '../kit/stores.js';
import { activeTemplate, openWorld, type World } from '../kit/world.js';

describe.each(['packets', 'statements'])('the group commit by %s', (way) => {
  let stores: Stores;
  let database: Database;
  let world: World;
  beforeAll(async () => {
    stores = await openStores();
    database = await connectDatabase(stores.mysqlUrl, way === 'packets');
    world = await openWorld({ ...stores, database });
  });
  afterAll(async () => {
    await world.close();
    await database.close();
    await stores.close();
  });

  let codes = 0;
  const reservation = (
    templateId: string,
    epoch: number,
    userId: string,
    more: Partial<Reservation['draft']> = {},
  ): Reservation => {
    const nowMs = world.clock.nowMs();
    return {
      draft: {
        couponId: newId(nowMs),
        templateId,
        templateVersion: 1,
        userId,
        claimKey: `${userId}-key`.padEnd(22, 'x').slice(0, 22),
        claimFingerprint: 'f'.repeat(22),
        via: OPEN,
        channel: null,
        code: String((codes += 1)).padStart(16, '0'),
        claimedAtMs: nowMs,
        validFromMs: nowMs,
        expiresAtMs: nowMs + 86_400_000,
        ...more,
      },
      tag: templateId,
      journalId: '1-1',
      epoch,
      seq: 1,
      slot: 1,
      drawNo: null,
      faceValueMinor: null,
      mayExist: false,
    };
  };
  const outcomes = async (reservations: Reservation[]) =>
    (await Promise.all(reservations.map((r) => world.app.committer.commit(r)))).map(
      ({ kind }) => kind,
    );

  it('commits the good ones of a batch with a poisoned row in it', async () => {
    const { id, epoch } = await activeTemplate(world);
    const batch = ['a', 'b', 'c', 'd', 'e'].map((userId) => reservation(id, epoch, userId));
    batch[2] = reservation(id, epoch, 'c', { channel: 'x'.repeat(500) });
    expect(await outcomes(batch)).toEqual([
      'COMMITTED',
      'COMMITTED',
      'POISONED',
      'COMMITTED',
      'COMMITTED',
    ]);
  });

  it('refuses what was reserved under an older epoch, and commits the other templates of the batch', async () => {
    const stale = await activeTemplate(world);
    const fine = await activeTemplate(world);
    const batch = [
      reservation(stale.id, stale.epoch - 1, 'f'),
      reservation(fine.id, fine.epoch, 'g'),
    ];
    expect(await outcomes(batch)).toEqual(['STALE', 'COMMITTED']);
  });

  it('never goes over the total, whatever Redis let in', async () => {
    const { id, epoch } = await activeTemplate(world, { totalCount: 3 });
    const batch = Array.from({ length: 5 }, (_, i) => reservation(id, epoch, `over-${i}`));
    expect(new Set(await outcomes(batch))).toEqual(new Set(['STALE']));
    expect(await outcomes(batch.slice(0, 3))).toEqual(['COMMITTED', 'COMMITTED', 'COMMITTED']);
  });

  it('commits the same reservation twice with one effect', async () => {
    const { id, epoch } = await activeTemplate(world, { totalCount: 3 });
    const one = reservation(id, epoch, 'twice');
    expect(await outcomes([one])).toEqual(['COMMITTED']);
    expect(await outcomes([{ ...one, mayExist: true }])).toEqual(['COMMITTED']);
    const [row] = await database.rows('SELECT issued FROM template WHERE id = ?', [id]);
    expect(row!['issued']).toBe(1);
  });

  it('calls a slot that was taken stale, and a key that was used a duplicate', async () => {
    const { id, epoch } = await activeTemplate(world, { perUserLimit: 2 });
    await outcomes([reservation(id, epoch, 'h')]);
    const other = { claimKey: 'another-key'.padEnd(22, 'x') };
    expect(await outcomes([reservation(id, epoch, 'h', other)])).toEqual(['STALE']);
    expect(await outcomes([{ ...reservation(id, epoch, 'h'), slot: 2 }])).toEqual(['DUPLICATE']);
  });

  it('counts the rows that went in, not those that were handed in', async () => {
    const { id, epoch } = await activeTemplate(world, { totalCount: 3 });
    await outcomes([reservation(id, epoch, 'm')]);
    const again = { claimKey: 'another-key'.padEnd(22, 'x') };
    const batch = [reservation(id, epoch, 'm', again), reservation(id, epoch, 'n')];
    expect(await outcomes(batch)).toEqual(['STALE', 'COMMITTED']);
    const [row] = await database.rows('SELECT issued FROM template WHERE id = ?', [id]);
    expect(row!['issued']).toBe(2);
  });

  it('locks the templates of a batch in the order of their ids, whatever order they came in', async () => {
    const templates = [await activeTemplate(world), await activeTemplate(world)];
    const locked: unknown[] = [];
    const stop = database.observe((sql, values) => {
      if (sql.startsWith(CLAIM_SQL.guard)) locked.push(values[2]);
    });
    const backwards = [...templates].reverse();
    await outcomes(backwards.map(({ id, epoch }) => reservation(id, epoch, id)));
    stop();
    expect(locked).toEqual(templates.map(({ id }) => id));
  });

  it('goes in one packet where that may be and every one goes in, else one by one', async () => {
    const { id, epoch } = await activeTemplate(world, { totalCount: 3 });
    const guards: string[] = [];
    const stop = database.observe((sql) => {
      if (sql.startsWith(CLAIM_SQL.guard)) guards.push(sql);
    });
    const batch = ['whole-a', 'whole-b'].map((userId) => reservation(id, epoch, userId));
    expect(await outcomes(batch)).toEqual(['COMMITTED', 'COMMITTED']);
    const again = [...batch, reservation(id, epoch, 'whole-c')];
    expect(await outcomes(again)).toEqual(['COMMITTED', 'COMMITTED', 'COMMITTED']);
    stop();
    const { guard } = PACKET_SQL;
    expect(guards).toEqual(
      way === 'packets' ? [guard, guard, CLAIM_SQL.guard] : [CLAIM_SQL.guard, CLAIM_SQL.guard],
    );
  });

  it('writes one event for the claims of a batch', async () => {
    const { id, epoch } = await activeTemplate(world);
    await outcomes(['i', 'j', 'k'].map((userId) => reservation(id, epoch, userId)));
    const events = await database.rows(
      "SELECT payload FROM outbox WHERE type = 'coupon.claimed' AND subject_id = ?",
      [id],
    );
    expect(events).toHaveLength(1);
    expect(
      (JSON.parse(String(events[0]!['payload'])) as { couponIds: string[] }).couponIds,
    ).toHaveLength(3);
  });

  it('tells of a claim once that another worker committed while it waited here', async () => {
    const { id, epoch } = await activeTemplate(world, { totalCount: 3 });
    const waiting = reservation(id, epoch, 'l');
    const other = reservation(id, epoch, 'o');
    const takenOver = { ...waiting, mayExist: true };
    expect(await outcomes([takenOver, waiting])).toEqual(['COMMITTED', 'COMMITTED']);
    expect(await outcomes([waiting, other])).toEqual(['COMMITTED', 'COMMITTED']);
    const events = await database.rows(
      "SELECT payload FROM outbox WHERE type = 'coupon.claimed' AND subject_id = ? ORDER BY id",
      [id],
    );
    const told = events.map(
      ({ payload }) => (JSON.parse(String(payload)) as { couponIds: string[] }).couponIds,
    );
    expect(told).toEqual([[waiting.draft.couponId], [other.draft.couponId]]);
  });
});
