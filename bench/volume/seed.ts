/**
 * A table of coupons as years leave it, by statements over whole ranges of numbers: every user has ten coupons
 * of ten templates, claimed far apart; six of ten are unused, two are used, two are over. The secondary
 * indexes are dropped before and built afterwards, with pages as full as random inserts leave them
 * (--innodb-fill-factor): building them row by row would take hours and give the same.
 */
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { progress } from '../kit/own-servers.js';

export const COUPONS_PER_USER = 10;
const CHUNK = 100_000;

/** `n` of `total`, the first the oldest; CRC32 spreads what should not follow the order. */
const INSERT = `INSERT INTO coupon (id, template_id, template_version, user_id, slot, status, version, code,
    claim_key, claim_fingerprint, claimed_at, valid_from, expires_at, redemption_id, order_id, used_at,
    discount_minor)
  SELECT CONCAT('01J', LPAD(n, 23, '0')), t.id, 1, CONCAT('user-', (n * 7919) MOD ?), 1, status,
    IF(status = 'UNUSED', 1, IF(status = 'USED', 3, 2)), UPPER(LEFT(MD5(CONCAT('code', n)), 16)),
    LEFT(MD5(CONCAT('key', n)), 22), LEFT(MD5(CONCAT('input', n)), 22), claimed_at, claimed_at,
    IF(status = 'UNUSED', UTC_TIMESTAMP(0) + INTERVAL 1 + CRC32(n) MOD 5000000 SECOND, claimed_at + INTERVAL 7 DAY),
    IF(status = 'USED', CONCAT('01R', LPAD(n, 23, '0')), NULL), IF(status = 'USED', CONCAT('order-', n), NULL),
    IF(status = 'USED', claimed_at + INTERVAL 1 DAY, NULL), IF(status = 'USED', 2000, NULL)
  FROM (SELECT n, ELT(1 + CRC32(CONCAT('s', n)) MOD 5, 'UNUSED', 'UNUSED', 'UNUSED', 'USED', 'EXPIRED') AS status,
      UTC_TIMESTAMP(0) - INTERVAL 10 DAY - INTERVAL (? - n) / ? * 31536000 SECOND AS claimed_at
    FROM (SELECT ? + number AS n FROM volume_number WHERE number < ?) some) seeded
  JOIN volume_template t ON t.number = n DIV ?`;

/** Of the steps after the claim, the last of each coupon. */
const AUDIT = `INSERT INTO audit (subject_id, seq, subject, at, actor, action, from_status, to_status, details)
  SELECT id, version, 'COUPON', COALESCE(used_at, expires_at), user_id, status, 'UNUSED', status, NULL
  FROM coupon WHERE status <> 'UNUSED'`;

/** @param coupons a multiple of ten, and no multiple of 7919 */
export async function seed(
  url: string,
  templateIds: readonly string[],
  coupons: number,
): Promise<void> {
  const mysql = await createConnection(url);
  const users = coupons / COUPONS_PER_USER;
  try {
    await makeHelpers(mysql, templateIds);
    const indexes = await secondaryIndexes(mysql);
    await mysql.query(
      `ALTER TABLE coupon ${indexes.map(({ name }) => `DROP KEY ${name}`).join(', ')}`,
    );
    for (let first = 0; first < coupons; first += CHUNK) {
      const values = [users, coupons, coupons, first, Math.min(CHUNK, coupons - first), users];
      await mysql.query(INSERT, values);
      if (first % 2_000_000 === 0) progress(`${first} of ${coupons} coupons`);
    }
    progress(`${indexes.length} indexes`);
    for (const { definition } of indexes) await mysql.query(`ALTER TABLE coupon ADD ${definition}`);
    progress('audit');
    await mysql.query(AUDIT);
    await mysql.query('UPDATE template SET issued = ?', [users]);
    await mysql.query('ANALYZE TABLE coupon');
  } finally {
    await mysql.end();
  }
}

async function makeHelpers(mysql: Connection, templateIds: readonly string[]): Promise<void> {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ');
  await mysql.query('CREATE TABLE volume_number (number INT PRIMARY KEY)');
  await mysql.query(
    `INSERT INTO volume_number SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d
     FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e, (${digits}) f`,
  );
  await mysql.query(
    'CREATE TABLE volume_template (number INT PRIMARY KEY, id CHAR(26) COLLATE ascii_bin)',
  );
  const rows = templateIds.map((id, number) => [number, id]);
  await mysql.query('INSERT INTO volume_template VALUES ?', [rows]);
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

async function secondaryIndexes(mysql: Connection): Promise<Index[]> {
  const [rows] = await mysql.query<RowDataPacket[]>('SHOW CREATE TABLE coupon');
  const text = String(rows[0]!['Create Table']);
  return [...text.matchAll(/^\s*((?:UNIQUE )?KEY (`\w+`) \(.*\))/gm)].map(
    ([, definition, name]) => ({
      name: name!,
      definition: definition!,
    }),
  );
}
