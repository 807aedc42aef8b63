/** Puts many coupons that are over into one template, by statements over whole ranges of numbers. */
import { createConnection } from 'mysql2/promise';

const CHUNK = 50_000;
const DIGITS =
  'SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
/** 0 to CHUNK - 1. */
const NUMBERS = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
  FROM (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c, (${DIGITS}) e, (${DIGITS}) f
  WHERE f.d < ${CHUNK / 10_000}`;

/** As a campaign leaves them: UNUSED, version 1, all over since the same minute. */
export async function seedExpired(url: string, templateId: string, count: number): Promise<void> {
  const mysql = await createConnection(url);
  try {
    // They are unique by construction, and every index is filled from its end.
    await mysql.query('SET unique_checks = 0');
    for (let first = 0; first < count; first += CHUNK) {
      await mysql.query(
        `INSERT INTO coupon (id, template_id, template_version, user_id, slot, status, version, code, claim_key,
           claim_fingerprint, claimed_at, valid_from, expires_at)
         SELECT CONCAT('01KA000000', LPAD(? + n, 16, '0')), ?, 1, CONCAT('old-', LPAD(? + n, 9, '0')), 1,
           'UNUSED', 1, CONCAT('B', LPAD(? + n, 15, '0')), LPAD(? + n, 22, '0'), LPAD(? + n, 22, '0'),
           UTC_TIMESTAMP(3) - INTERVAL 2 DAY, UTC_TIMESTAMP(3) - INTERVAL 2 DAY,
           UTC_TIMESTAMP(0) - INTERVAL 1 HOUR - INTERVAL (n MOD 60) SECOND
         FROM (${NUMBERS}) numbers WHERE ? + n < ? ORDER BY n`,
        [first, templateId, first, first, first, first, first, count],
      );
    }
    await mysql.query('UPDATE template SET issued = issued + ? WHERE id = ?', [count, templateId]);
  } finally {
    await mysql.end();
  }
}
