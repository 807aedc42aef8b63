/** A transaction in one packet is done whole or not at all, and what is not known is not guessed. */
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATEMENT_DEADLINE_MS } from '../../src/config/limits.js';
import { connectDatabase } from '../../src/storage/connect-database.js';
import type { Database, Statement } from '../../src/storage/database.js';
import { OutcomeUnknown } from '../../src/storage/database-errors.js';
import { Packets } from '../../src/storage/packets.js';
import { startMysqlProxy } from '../kit/mysql-proxy.js';
import { openStores, type OwnStores } from '../kit/stores.js';

describe('a transaction in one packet', () => {
  let stores: OwnStores;
  let database: Database;
  beforeAll(async () => {
    stores = await openStores();
    ({ database } = stores);
  });
  afterAll(() => stores.close());

  const insert = (id: string, body = '{}'): Statement => [
    'INSERT INTO quote (id, body, expires_at) VALUES (?, ?, ?)',
    [id, body, '2026-01-01 00:00:00.000'],
  ];
  const present = async (prefix: string) => {
    const rows = await database.rows('SELECT id FROM quote WHERE id LIKE ? ORDER BY id', [
      `${prefix}%`,
    ]);
    return rows.map(({ id }) => id);
  };

  it('is done whole', async () => {
    expect(await database.transactTogether([insert('a1'), insert('a2')])).toBe(true);
    expect(await present('a')).toEqual(['a1', 'a2']);
  });

  it.each([0, 1, 2, 3])('is not done at all where statement %i fails', async (place) => {
    const statements = [insert(`b${place}1`), insert(`b${place}2`), insert(`b${place}3`)];
    statements.splice(place, 0, ['INSERT INTO quote (id) VALUES (NULL)', []]);
    expect(await database.transactTogether(statements)).toBe(false);
    expect(await present('b')).toEqual([]);
  });

  it('leaves nothing locked where it failed, and its connection to the next', async () => {
    await database.transactTogether([insert('c')]);
    const touch: Statement = ['UPDATE quote SET body = ? WHERE id = ?', ['{"n":1}', 'c']];
    expect(await database.transactTogether([touch, ['SELECT FROM', []]])).toBe(false);
    const other: Statement = ['UPDATE quote SET body = ? WHERE id = ?', ['{"n":2}', 'c']];
    expect(await database.transaction((sql) => sql.change(...other))).toBe(1);
    expect(await database.transactTogether([touch])).toBe(true);
  });

  it('takes whatever stands in a value for a value', async () => {
    const hostile = [
      "'; DELETE FROM quote; --",
      "\\'; COMMIT; --",
      ';\nCOMMIT',
      '\0\b\r"`\\',
      '🎟️',
    ];
    const bodies = hostile.map((text) => JSON.stringify({ text }));
    const touch = 'UPDATE quote SET body = ? WHERE id = ?';
    const statements = bodies.flatMap((body, i): Statement[] => [
      insert(`d${i}`),
      [touch, [body, `d${i}`]],
    ]);
    expect(await database.transactTogether(statements)).toBe(true);
    const rows = await database.rows("SELECT body FROM quote WHERE id LIKE 'd%' ORDER BY id");
    expect(rows.map(({ body }) => body)).toEqual(bodies);
  });

  it('is unknown where the answer was lost, and was done', async () => {
    const proxy = await startMysqlProxy(stores.mysqlUrl);
    const far = await connectDatabase(proxy.url);
    proxy.loseCommitAnswers(1);
    await expect(far.transactTogether([insert('f')])).rejects.toBeInstanceOf(OutcomeUnknown);
    await expect.poll(() => present('f')).toEqual(['f']);
    await far.close();
    await proxy.close();
  });

  it('is unknown where the answer is late, and nobody is given its connection', async () => {
    const own = await connectDatabase(stores.mysqlUrl);
    const slow: Statement = ['DO SLEEP(?)', [STATEMENT_DEADLINE_MS / 1_000 + 1]];
    const late = own.transactTogether([insert('g'), slow]);
    await expect(late).rejects.toBeInstanceOf(OutcomeUnknown);
    // After a wait in vain it is left alone for a moment.
    const next = () => own.transactTogether([insert('h')]).catch(() => 'not yet');
    await expect.poll(next, { timeout: 10_000 }).toBe(true);
    await own.close();
  });

  it('is told to observers as its statements', async () => {
    const seen: string[] = [];
    const stop = database.observe((sql) => seen.push(sql));
    await database.transactTogether([insert('i'), insert('j')]);
    stop();
    expect(seen).toEqual([insert('i')[0], insert('j')[0]]);
  });

  it('is not sent again to who takes one statement at a time', async () => {
    const pool = createPool({ uri: stores.mysqlUrl });
    let taken = 0;
    pool.pool.on('acquire', () => (taken += 1));
    const packets = new Packets(pool);
    expect(await packets.commit([insert('k')])).toBe(false);
    expect(await packets.commit([insert('k')])).toBe(false);
    expect(taken).toBe(1);
    expect(await present('k')).toEqual([]);
    await pool.end();
  });
});
