/** A key of the data is replaced while the service runs. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROTATE_PAGE } from '../../src/config/limits.js';
import { newId } from '../../src/kernel/ids.js';
import { Sealer, type DataKey } from '../../src/storage/seal.js';
import type { Place } from '../../src/storage/sealed-columns.js';
import type { Database } from '../../src/storage/database.js';
import { toSqlMoment } from '../../src/storage/moments.js';
import { rotateKeys } from '../../src/upkeep/rotate-keys.js';
import { openStores, type Stores } from '../kit/stores.js';

const keyOf = (id: string): DataKey => ({ id, secret: randomBytes(32) });
const [former, current] = [keyOf('k1'), keyOf('k2')];
const before = new Sealer([former]);
const sealer = new Sealer([current, former]);
const placeOf = (rowId: string): Place => ({ table: 'quarantined_claim', column: 'entry', rowId });
const INSERT = `INSERT INTO quarantined_claim (id, template_id, fingerprint, reason, tries, entry,
  quarantined_at) VALUES (?, ?, ?, 'broken', 1, ?, ?)`;

const CHANGE = 'UPDATE quarantined_claim SET entry = ? WHERE id = ?';

describe('replacing the key of the data', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());
  beforeEach(() =>
    stores.database.transaction((sql) => sql.change('DELETE FROM quarantined_claim')),
  );

  const insert = (count: number, entryOf: (id: string, i: number) => string) =>
    stores.database.transaction(async (sql) => {
      for (let i = 0; i < count; i += 1) {
        const id = newId(Date.now());
        await sql.change(INSERT, [id, id, id.slice(4), entryOf(id, i), toSqlMoment(Date.now())]);
      }
    });
  const read = async () => {
    const rows = await stores.database.rows('SELECT id, entry FROM quarantined_claim ORDER BY id');
    return rows.map((row) => ({ id: String(row['id']), entry: String(row['entry']) }));
  };
  const opened = async () => {
    const alone = new Sealer([current]);
    return (await read()).map(({ id, entry }) => alone.open(entry, placeOf(id)));
  };
  const run = (onPage?: () => void) =>
    rotateKeys({ database: stores.database, sealer, ...(onPage ? { onPage } : {}) });

  it('seals everything anew, also what was not sealed yet, and the second time nothing', async () => {
    const count = ROTATE_PAGE * 2 + 7;
    await insert(count, (id, i) =>
      i % 10 === 0 ? `["plain","${i}"]` : before.seal(`["sealed","${i}"]`, placeOf(id)),
    );
    const [rotated] = await run();
    expect(rotated).toEqual({ where: 'quarantined_claim.entry', sealed: count, closed: [] });
    expect(await opened()).toEqual(
      Array.from({ length: count }, (_, i) =>
        i % 10 === 0 ? `["plain","${i}"]` : `["sealed","${i}"]`,
      ),
    );
    expect((await run())[0]!.sealed).toBe(0);
  });

  it('goes on where it was stopped', async () => {
    await insert(ROTATE_PAGE + 5, (id) => before.seal('text', placeOf(id)));
    const killed = run(() => {
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect((await read()).filter(({ entry }) => entry.startsWith('v1.k1.'))).toHaveLength(5);
    expect((await run())[0]!.sealed).toBe(5);
    expect(new Set(await opened())).toEqual(new Set(['text']));
  });

  it('leaves what somebody changed since it was read', async () => {
    await insert(3, (id) => before.seal('old', placeOf(id)));
    const id = (await read())[0]!.id;
    const { database } = stores;
    const changeAfterReading: Pick<Database, 'rows' | 'transaction'> = {
      rows: async (sql, values) => {
        const rows = await database.rows(sql, values);
        const changed = [sealer.seal('new', placeOf(id)), id];
        await database.transaction((own) => own.change(CHANGE, changed));
        return rows;
      },
      transaction: (work) => database.transaction(work),
    };
    const [rotated] = await rotateKeys({ database: changeAfterReading, sealer });
    expect(rotated!.sealed).toBe(2);
    expect(await opened()).toEqual(['new', 'old', 'old']);
  });

  it('may run twice at once', async () => {
    await insert(50, (id) => before.seal('text', placeOf(id)));
    const [[one], [other]] = await Promise.all([run(), run()]);
    expect(one!.sealed + other!.sealed).toBe(50);
    expect(new Set(await opened())).toEqual(new Set(['text']));
  });

  it('names what does not open, leaves it as it is and goes on', async () => {
    const lost = new Sealer([keyOf('k0')]);
    await insert(3, (id, i) => (i === 1 ? lost : before).seal('text', placeOf(id)));
    const [, { id, entry }] = (await read()) as [unknown, { id: string; entry: string }];
    const [rotated] = await run();
    expect(rotated).toMatchObject({
      sealed: 2,
      closed: [`quarantined_claim.entry of ${id} does not open: UNKNOWN_KEY k0`],
    });
    expect((await read())[1]!.entry).toBe(entry);
  });
});
