/** No table can name a person without saying what becomes of it when they are erased. */
import { describe, expect, it } from 'vitest';
import { PERSONAL_COLUMNS } from '../../src/storage/schema/personal-data.js';
import { afterAll, beforeAll } from 'vitest';
import { openStores, type Stores } from '../kit/stores.js';

/** Names under which somebody can stand; and texts, which can hold anything. */
const NAMES =
  /user|actor|owner|customer|author|recipient|sharer|invited|birthday|device|address|mail|phone/;

describe('the list of personal columns', () => {
  let stores: Stores;
  let columns: { table: string; column: string; type: string }[];
  beforeAll(async () => {
    stores = await openStores();
    const rows = await stores.database.rows(
      `SELECT table_name AS t, column_name AS c, data_type AS d FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name NOT LIKE 'mikro%'`,
    );
    columns = rows.map((row) => ({
      table: String(row['t']),
      column: String(row['c']),
      type: String(row['d']),
    }));
  });
  afterAll(() => stores.close());
  const nameOf = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;

  it('has every column that can name somebody, and no other (a new one goes into personal-data.ts)', () => {
    const personal = columns.filter(
      ({ column, type }) => NAMES.test(column) || /text|json|blob/.test(type),
    );
    const listed = new Set(PERSONAL_COLUMNS.map(nameOf));
    expect(personal.map(nameOf).filter((name) => !listed.has(name))).toEqual([]);
    const there = new Set(columns.map(nameOf));
    expect([...listed].filter((name) => !there.has(name))).toEqual([]);
  });

  it('replaces and deletes by an index only', async () => {
    const rows = await stores.database.rows(
      `SELECT table_name AS t, column_name AS c FROM information_schema.statistics
       WHERE table_schema = DATABASE() AND seq_in_index = 1`,
    );
    const indexed = new Set(rows.map((row) => `${row['t']}.${row['c']}`));
    const wanted = PERSONAL_COLUMNS.flatMap((column) => {
      if (column.how === 'USER') return [nameOf(column)];
      if (column.how === 'DELETED' && column.column === 'user_id') return [nameOf(column)];
      if (column.how === 'SUBJECT') return [`${column.table}.${column.by}`];
      return column.how === 'WALLET' && column.column === 'user_id' ? [nameOf(column)] : [];
    });
    expect(wanted.filter((name) => !indexed.has(name))).toEqual([]);
  });
});
