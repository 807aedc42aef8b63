/**
 * Proves the draws of one red packet template afterwards: the seed is the one that was committed to when it
 * became ACTIVE, every coupon is worth what seed and draw number say, no draw was had twice, and all draws
 * there are add up to the budget, each within [min, max]. Changes nothing; anybody with the database may run it.
 */
import { faceValueOf } from '../claim/rules/draw-amount.js';
import { DRAWS_PAGE } from '../config/limits.js';
import type { Database } from '../storage/database.js';
import { seedHashOf } from '../template/rules/seed-hash.js';
import { readTemplates } from '../template/template.store.js';
import type { Template } from '../template/template.types.js';
import { VIOLATIONS_SHOWN_MAX } from './checks/check.js';

export const VERIFY_DRAWS_SQL = {
  /** What was told when it became ACTIVE; rows of an audit are never changed. */
  commitment: `SELECT details FROM audit WHERE subject_id = ? AND action = 'ACTIVATED' ORDER BY seq LIMIT 1`,
  page: `SELECT id, draw_no, face_value_minor FROM coupon WHERE template_id = ? AND draw_no > ?
    ORDER BY draw_no LIMIT ${DRAWS_PAGE}`,
};

export interface DrawsVerdict {
  /** Coupons whose draw was worked out again. */
  readonly drawn: number;
  /** What they are worth together, minor units. */
  readonly drawnMinor: number;
  /** As it is now; compare it with what you wrote down. */
  readonly seedHash: string;
  /** NONE: it was activated before seeds were committed to. */
  readonly commitment: 'KEPT' | 'BROKEN' | 'NONE';
  /** What is wrong, at most VIOLATIONS_SHOWN_MAX lines; empty: everything is as it was drawn. */
  readonly violations: readonly string[];
}

/** undefined: there is no such template, or it is no red packet. @throws DatabaseUnavailable */
export async function verifyDraws(
  database: Pick<Database, 'rows'>,
  templateId: string,
): Promise<DrawsVerdict | undefined> {
  const [template] = await readTemplates(database, [templateId]);
  if (template === undefined || template.rules.redPacket === null) return undefined;
  const seedHash = seedHashOf(template.seed);
  const committed = await readCommitment(database, templateId);
  const kept = committed === seedHash ? 'KEPT' : 'BROKEN';
  const commitment = committed === undefined ? 'NONE' : kept;
  const violations = [...budgetViolations(template)];
  if (commitment === 'BROKEN') violations.push(`the seed is not the one of ${committed}`);
  const drawn = await checkCoupons(database, template, violations);
  const cut = violations.slice(0, VIOLATIONS_SHOWN_MAX);
  return { ...drawn, seedHash, commitment, violations: cut };
}

async function readCommitment(
  database: Pick<Database, 'rows'>,
  templateId: string,
): Promise<string | undefined> {
  const [row] = await database.rows(VERIFY_DRAWS_SQL.commitment, [templateId]);
  const details = JSON.parse(String(row?.['details'] ?? '{}')) as { seedHash?: string };
  return details.seedHash;
}

/** Of all draws there are, had or not. */
function budgetViolations(template: Template): string[] {
  const { minMinor, maxMinor, budgetMinor } = template.rules.redPacket!;
  const lines: string[] = [];
  let sum = 0;
  for (let drawNo = 1; drawNo <= template.rules.totalCount!; drawNo += 1) {
    const amount = faceValueOf(template, drawNo)!;
    sum += amount;
    const isWithin = amount >= minMinor && amount <= maxMinor;
    if (!isWithin && lines.length < VIOLATIONS_SHOWN_MAX)
      lines.push(`draw ${drawNo} is ${amount}, outside ${minMinor} to ${maxMinor}`);
  }
  if (sum !== budgetMinor) lines.unshift(`all draws are ${sum}, and the budget is ${budgetMinor}`);
  return lines;
}

async function checkCoupons(
  database: Pick<Database, 'rows'>,
  template: Template,
  violations: string[],
): Promise<{ drawn: number; drawnMinor: number }> {
  let [drawn, drawnMinor] = [0, 0];
  for (let after = 0; ;) {
    const rows = await database.rows(VERIFY_DRAWS_SQL.page, [template.id, after]);
    for (const row of rows) {
      const drawNo = Number(row['draw_no']);
      const [is, should] = [Number(row['face_value_minor']), faceValueOf(template, drawNo)];
      if (drawNo === after) violations.push(`draw ${drawNo} was had twice`);
      if (is !== should)
        violations.push(`coupon ${row['id']} of draw ${drawNo} is worth ${is}, not ${should}`);
      after = drawNo;
      drawn += 1;
      drawnMinor += is;
    }
    if (rows.length < DRAWS_PAGE) return { drawn, drawnMinor };
  }
}
