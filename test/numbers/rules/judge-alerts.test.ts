/** When an operator is told, and that Prometheus would say the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  EXPIRING_ALERT_MIN,
  EXPIRING_ALERT_SHARE,
  JOB_LATE_ALERT_S,
  LOW_STOCK_ALERT_SHARE,
  STOCK_DRIFT_ALERT_MS,
  UNUSED_ALERT_MIN,
  UNUSED_ALERT_PER_USED,
} from '../../../src/config/limits.js';
import { ALERT_KINDS, type AlertKind } from '../../../src/numbers/alert.types.js';
import { judgeAlerts, type Watched } from '../../../src/numbers/rules/judge-alerts.js';

const NOW_MS = 1_800_000_000_000;
const calm: Watched = {
  numbers: {
    lowest: [{ templateId: 'half', remaining: 50, total: 100 }],
    others: { remaining: 0, total: 0 },
    templates: { ACTIVE: 1 },
    coupons: { unused: 10, used: 10, expiring: 0 },
    quarantined: 0,
  },
  worst: { unused: ['u1', 'u2'], expiring: ['e1'] },
  jobs: [
    { name: 'expire-coupons', lagMs: 0, progress: null },
    { name: 'reconcile-gates', lagMs: 0, progress: null },
    { name: 'reconcile-records', lagMs: 0, progress: { records: 0, counters: 0 } },
  ],
  nowMs: NOW_MS,
  lowStockBelow: LOW_STOCK_ALERT_SHARE,
};
const withNumbers = (numbers: Partial<Watched['numbers']>): Watched => ({
  ...calm,
  numbers: { ...calm.numbers, ...numbers },
});
const withJob = (
  name: string,
  lagMs: number,
  progress: Record<string, number> | null,
): Watched => ({
  ...calm,
  jobs: [{ name, lagMs, progress }],
});
const stock = (templateId: string, remaining: number, total = 1_000) => ({
  templateId,
  remaining,
  total,
});
const coupons = (unused: number, used: number, expiring: number) => ({
  coupons: { unused, used, expiring },
});
const kinds = (watched: Watched) => judgeAlerts(watched).map(({ kind }) => kind);

describe('an operator is told', () => {
  it('nothing while all is well', () => {
    expect(judgeAlerts(calm)).toEqual([]);
    expect(judgeAlerts({ ...calm, jobs: [] })).toEqual([]);
  });

  it('of templates with less than the share left, the least first', () => {
    const lowest = [stock('b', 99), stock('a', 0), stock('c', 100), stock('none', 0, 0)];
    const [alert, ...others] = judgeAlerts(withNumbers({ lowest }));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'LOW_STOCK', value: 0, templateIds: ['a', 'none', 'b'] });
    const all = judgeAlerts({ ...withNumbers({ lowest }), lowStockBelow: 0.5 });
    expect(all[0]!.templateIds).toEqual(['a', 'none', 'b', 'c']);
  });

  it('of many that expire soon: by share and by number, both over', () => {
    expect(kinds(withNumbers(coupons(5_000, 5_000, 1_000)))).toEqual([]);
    expect(kinds(withNumbers(coupons(5_005, 5_000, 1_001)))).toEqual([]);
    const [alert] = judgeAlerts(withNumbers(coupons(5_000, 5_000, 1_001)));
    expect(alert).toMatchObject({ kind: 'EXPIRING_SOON', value: 0.2002, templateIds: ['e1'] });
  });

  it('of many unused for each used one, also where none was used', () => {
    expect(kinds(withNumbers(coupons(10_000, 0, 0)))).toEqual([]);
    expect(kinds(withNumbers(coupons(20_000, 1_000, 0)))).toEqual([]);
    const [alert] = judgeAlerts(withNumbers(coupons(20_001, 1_000, 0)));
    expect(alert).toMatchObject({ kind: 'MANY_UNUSED', value: 20.001, templateIds: ['u1', 'u2'] });
    const [none] = judgeAlerts(withNumbers(coupons(10_001, 0, 0)));
    expect(none).toMatchObject({ kind: 'MANY_UNUSED', value: 10_001 });
  });

  it('of stock that drifted, for a quarter of an hour after it was repaired', () => {
    const drift = (agoMs: number) =>
      kinds(withJob('reconcile-gates', 0, { drifted: 2, driftedAtMs: NOW_MS - agoMs }));
    expect(drift(0)).toEqual(['STOCK_DRIFT']);
    expect(drift(STOCK_DRIFT_ALERT_MS - 1)).toEqual(['STOCK_DRIFT']);
    expect(drift(STOCK_DRIFT_ALERT_MS)).toEqual([]);
  });

  it('of records and counters that do not agree, and of claims set aside', () => {
    const [records] = judgeAlerts(withJob('reconcile-records', 0, { records: 2, counters: 1 }));
    expect(records).toMatchObject({ kind: 'RECORD_DRIFT', severity: 'CRITICAL', value: 3 });
    const [aside] = judgeAlerts(withNumbers({ quarantined: 1 }));
    expect(aside).toMatchObject({ kind: 'QUARANTINED', severity: 'CRITICAL', value: 1 });
  });

  it('of each job that is behind, by its name', () => {
    expect(kinds(withJob('relay-events', JOB_LATE_ALERT_S * 1_000, null))).toEqual([]);
    const jobs = ['a', 'b'].map((name, i) => ({ name, lagMs: (301 + i) * 1_000, progress: null }));
    expect(judgeAlerts({ ...calm, jobs })).toMatchObject([
      { kind: 'JOB_LATE', job: 'b', value: 302 },
      { kind: 'JOB_LATE', job: 'a', value: 301 },
    ]);
  });

  it('the most severe first', () => {
    const all = judgeAlerts({
      ...withNumbers({ lowest: [stock('a', 0)], quarantined: 1, ...coupons(90_000, 1, 40_000) }),
      jobs: [
        { name: 'reconcile-gates', lagMs: 0, progress: { drifted: 1, driftedAtMs: NOW_MS } },
        { name: 'reconcile-records', lagMs: 1e9, progress: { records: 1 } },
      ],
    });
    const order = ['CRITICAL', 'WARNING', 'INFO'];
    const severities = all.map(({ severity }) => order.indexOf(severity));
    expect(severities).toEqual(severities.toSorted((a, b) => a - b));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(ALERT_KINDS));
  });
});

describe('the rules of Prometheus', () => {
  const root = new URL('../../../', import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
  const { groups } = parse(read('docker/prometheus/alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; labels: { severity: string } }[] }[];
  };
  const rules = new Map(groups.flatMap((group) => group.rules).map((rule) => [rule.alert, rule]));
  const twins: Record<AlertKind, readonly [alert: string, ...parts: string[]]> = {
    LOW_STOCK: ['CouponsLowStock', `< ${LOW_STOCK_ALERT_SHARE}`],
    EXPIRING_SOON: [
      'CouponsManyExpiringSoon',
      `> ${EXPIRING_ALERT_SHARE} * max(coupons_coupons{state="unused"})`,
      `max(coupons_coupons{state="expiring"}) > ${EXPIRING_ALERT_MIN}`,
    ],
    MANY_UNUSED: [
      'CouponsManyUnused',
      `> ${UNUSED_ALERT_PER_USED} * max(coupons_coupons{state="used"})`,
      `max(coupons_coupons{state="unused"}) > ${UNUSED_ALERT_MIN}`,
    ],
    STOCK_DRIFT: ['CouponsStockDrift', `[${STOCK_DRIFT_ALERT_MS / 60_000}m]`],
    RECORD_DRIFT: ['CouponsRecordDrift', '> 0'],
    QUARANTINED: ['CouponsQuarantined', '> 0'],
    JOB_LATE: ['CouponsJobLate', `> ${JOB_LATE_ALERT_S}`],
  };
  const severityOf = new Map(
    judgeAlerts({
      ...withNumbers({ lowest: [stock('a', 0)], quarantined: 1, ...coupons(90_000, 1, 40_000) }),
      jobs: [
        { name: 'reconcile-gates', lagMs: 0, progress: { drifted: 1, driftedAtMs: NOW_MS } },
        { name: 'reconcile-records', lagMs: 1e9, progress: { records: 1 } },
      ],
    }).map(({ kind, severity }) => [kind, severity.toLowerCase()]),
  );

  it.each(ALERT_KINDS)('say the same of %s, as severely, and the document names both', (kind) => {
    const [alert, ...parts] = twins[kind];
    const rule = rules.get(alert)!;
    for (const part of parts) expect(rule.expr).toContain(part);
    expect(rule.labels.severity).toBe(severityOf.get(kind));
    expect(read('docs/OPERATIONS.md')).toMatch(
      new RegExp(`^\\| \`${alert}\` +\\| \`${kind}\` +\\|`, 'm'),
    );
  });
});
