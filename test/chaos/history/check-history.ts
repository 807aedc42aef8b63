/**
 * Compares what clients saw with what MySQL has in the end: promises 1, 2, 3 and 5 seen from outside.
 *
 * It knows nothing of how the service works. An answer that is missing or OUTCOME_UNKNOWN proves nothing;
 * a coupon proves a row for ever; every other refusal proves that this request made no row.
 */
import { deniesSuccess, mayHaveMade } from './answers.js';
import { checkOrders } from './check-orders.js';
import { checkSoldOut } from './check-sold-out.js';
import type { Attempt, CouponRecord, FinalRecord, Finding, History } from './history.types.js';

export interface CheckOptions {
  /** Demand went on after everything had healed until it was refused: all of every total must be out. */
  readonly isSoldOut: boolean;
  /** Redis was built anew while requests ran: one may lose the unit it had, and be refused in the end. */
  readonly isDisturbed?: boolean;
}

export function checkHistory(
  history: History,
  record: FinalRecord,
  { isSoldOut, isDisturbed = false }: CheckOptions,
): Finding[] {
  const attempts = Map.groupBy(history.attempts, keyOf);
  const coupons = Map.groupBy(record.coupons, (c) => keyOf({ user: c.userId, key: c.key ?? '' }));
  return [
    ...checkAcks(history.attempts, record.coupons),
    ...[...attempts.values()].flatMap(checkOneKey),
    ...[...coupons].flatMap(([key, rows]) => checkRows(rows, attempts.get(key) ?? [])),
    ...checkCounts(record, isSoldOut),
    ...checkSoldOut(history.attempts, record, isDisturbed),
    ...checkOrders(history.orders, record.redemptions),
  ];
}

const keyOf = ({ user, key }: { readonly user: string; readonly key: string }) =>
  JSON.stringify([user, key]);

function checkAcks(attempts: readonly Attempt[], coupons: readonly CouponRecord[]): Finding[] {
  const rows = Map.groupBy(coupons, (coupon) => coupon.couponId);
  return attempts.flatMap(({ user, key, templateId, answer }): Finding[] => {
    if (answer.kind !== 'COUPON') return [];
    const { couponId } = answer;
    const [row, ...more] = rows.get(couponId) ?? [];
    if (answer.ownerId !== user)
      return [{ lie: "another user's coupon", what: `${user} was answered ${couponId}` }];
    if (row === undefined || more.length > 0)
      return [
        {
          lie: 'lost ack',
          what: `${couponId} of ${user} ${key} is there ${rows.get(couponId)?.length ?? 0} times`,
        },
      ];
    if (row.userId !== user || row.key !== key || row.templateId !== templateId)
      return [
        {
          lie: "another user's coupon",
          what: `${couponId} answered to ${user} is of ${row.userId}`,
        },
      ];
    return [];
  });
}

/** All requests of one key. */
function checkOneKey(attempts: readonly Attempt[]): Finding[] {
  const findings: Finding[] = [];
  const answered = attempts.flatMap(({ answer }) =>
    answer.kind === 'COUPON' ? [answer.couponId] : [],
  );
  const { user, key } = attempts[0]!;
  if (new Set(answered).size > 1)
    findings.push({
      lie: 'two coupons for a key',
      what: `${user} ${key}: ${[...new Set(answered)].join(', ')}`,
    });
  const denied = attempts.find((attempt) => {
    if (!deniesSuccess(attempt.answer)) return false;
    // The same input: with another one the key is refused for a reason of its own.
    return attempts.some(
      ({ templateId, answer, returnedMs }) =>
        answer.kind === 'COUPON' &&
        templateId === attempt.templateId &&
        returnedMs < attempt.invokedMs,
    );
  });
  if (denied !== undefined)
    findings.push({
      lie: 'success refused later',
      what: `${user} ${key}: ${JSON.stringify(denied.answer)}`,
    });
  return findings;
}

/** All rows of one key. */
function checkRows(rows: readonly CouponRecord[], attempts: readonly Attempt[]): Finding[] {
  const [first] = rows;
  const what = `${first!.userId} ${first!.key}: ${rows.map((row) => row.couponId).join(', ')}`;
  if (attempts.length === 0) return [{ lie: 'coupon nobody asked for', what }];
  const findings: Finding[] = [];
  if (rows.length > 1) findings.push({ lie: 'two coupons for a key', what });
  if (!attempts.some(({ answer }) => mayHaveMade(answer)))
    findings.push({ lie: 'ghost after refusal', what });
  return findings;
}

function checkCounts({ templates, coupons }: FinalRecord, isSoldOut: boolean): Finding[] {
  const byTemplate = Map.groupBy(coupons, (coupon) => coupon.templateId);
  return templates.flatMap(({ templateId, total, perUserLimit }): Finding[] => {
    const rows = byTemplate.get(templateId) ?? [];
    const findings: Finding[] = [];
    for (const [user, own] of Map.groupBy(rows, (row) => row.userId)) {
      if (own.length > perUserLimit)
        findings.push({
          lie: 'over the user limit',
          what: `${user} has ${own.length} of ${perUserLimit} of ${templateId}`,
        });
    }
    const what = `${templateId} has ${rows.length} of ${total}`;
    if (total !== null && rows.length > total) findings.push({ lie: 'oversold', what });
    if (total !== null && isSoldOut && rows.length < total)
      findings.push({ lie: 'undersold', what });
    return findings;
  });
}
