/**
 * What Prometheus and Grafana are told must be there: every metric that a rule, a panel or the document
 * names is looked for in the scrape of a running service, which had some of everything happen to it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { seedTemplate } from '../kit/seed.js';
import { start, type TestService } from '../kit/service.js';
import { namesOf, readScrape, type Scrape } from './promql.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const rules = (
  parse(read('docker/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('docker/grafana/dashboards/coupons.json')) as {
  panels: Panel[];
};
const document = read('docs/OPERATIONS.md');

/** Words that a caller chooses, and that must never be a label. */
const PERSONAL = ['anna-the-customer', 'her-device', 'her-key', 'HerOwnOperation', 'her-channel'];

let service: TestService;
let text = '';
let scrape: Scrape;

beforeAll(async () => {
  service = await start();
  const { id } = await seedTemplate(service.stores.database, { totalCount: 10, perUserLimit: 1 });
  await seedTemplate(service.stores.database);
  await claimTwice(id);
  const metrics = service.url.replace('/graphql', '/metrics');
  await vi.waitFor(
    async () => {
      text = await (await fetch(metrics)).text();
      for (const part of ['state="unused"} 1', 'job="read-numbers"']) expect(text).toContain(part);
    },
    { timeout: 45_000, interval: 500 },
  );
  scrape = readScrape(text);
}, 60_000);
afterAll(() => service.stop());

async function claimTwice(templateId: string): Promise<void> {
  const [customer, device, key, operation, channel] = PERSONAL;
  const token = await service.token({ sub: customer! });
  for (const idempotencyKey of [key, `${key} again`]) {
    const input = { templateId, idempotencyKey, deviceId: device, channel };
    const claim = `mutation ${operation}($input: ClaimCouponInput!) { claimCoupon(input: $input) { __typename } }`;
    await service.query(claim, { input }, token);
  }
  await service.query('{ nothingOfTheKind }', {}, token);
  await service.query('{ template(id: "x") { id } __typename }', {}, token);
}

describe('the scrape', () => {
  it('has what happened', () => {
    expect(text).toMatch(/^coupons_claims_total\{outcome="CLAIMED"\} 1$/m);
    expect(text).toMatch(/^coupons_claims_total\{outcome="USER_LIMIT_REACHED"\} 1$/m);
    expect(text).toMatch(
      /^coupons_operation_seconds_count\{operation="claimCoupon",outcome="ok"\} 2$/m,
    );
    expect(text).toMatch(
      /^coupons_operation_seconds_count\{operation="several",outcome="ok"\} 1$/m,
    );
    expect(text).toMatch(/^coupons_commit_batch_size_count 1$/m);
    expect(text).toMatch(/^coupons_template_remaining_share\{template="\w{26}"\} 0\.9$/m);
    expect(text).toMatch(/^coupons_templates\{status="ACTIVE"\} 2$/m);
    expect(text).toMatch(/^coupons_sql_statement_seconds_count\{kind="COMMIT"\} [1-9]/m);
    expect(text).toMatch(/^coupons_redis_command_seconds_count\{outcome="answered"\} [1-9]/m);
    expect(text).toMatch(/^coupons_build_info\{version="\d+\.\d+\.\d+",node="v\d+/m);
  });

  it('has nothing that a caller chose', () => {
    for (const word of [...PERSONAL, 'nothingOfTheKind']) expect(text).not.toContain(word);
  });
});

describe.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s', (name, rule) => {
  it('is PromQL over metrics and labels that are there', () => {
    const { metrics, labels } = namesOf(rule.expr);
    expect(metrics.size).toBeGreaterThan(0);
    for (const metric of metrics) expect([...scrape.metrics, 'up'], rule.expr).toContain(metric);
    expect([...labels].filter((label) => !isKnown(label))).toEqual([]);
  });

  it('says how bad it is, in words, and the document says what to do', () => {
    expect(['info', 'warning', 'critical']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/^\S.*\.$/);
    expect(document).toMatch(new RegExp(`^\\| \`${name}\` +\\| .+ \\| .+ \\|$`, 'm'));
  });
});

describe('the dashboard', () => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const { expr, legendFormat } of panel.targets!) {
      const { metrics, labels } = namesOf(expr);
      expect(metrics.size).toBeGreaterThan(0);
      for (const metric of metrics) expect([...scrape.metrics], expr).toContain(metric);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      expect([...labels, ...shown].filter((label) => !isKnown(label))).toEqual([]);
    }
  });

  it('has no panel over another', () => {
    const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('shows every metric of ours', () => {
    const shown = panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => [...namesOf(expr).metrics]),
    );
    const families = [...scrape.families].filter((name) => name.startsWith('coupons_'));
    expect(families.filter((name) => !shown.some((one) => one.startsWith(name)))).toEqual([]);
  });
});

describe('the document', () => {
  it('has a line for every metric of ours, and no other', () => {
    const told = [...document.matchAll(/^\| `(coupons_\w+)`/gm)].map(([, name]) => name!);
    const families = [...scrape.families].filter((name) => name.startsWith('coupons_'));
    expect(told.toSorted()).toEqual(families.toSorted());
  });

  it('has a line for every alert, and no other', () => {
    const told = [...document.matchAll(/^\| `(Coupons\w+)`/gm)].map(([, name]) => name!);
    expect(told).toEqual(rules.map(({ alert }) => alert));
  });
});

describe('docker/compose.monitoring.yml', () => {
  interface Service {
    readonly image: string;
    readonly volumes: readonly string[];
    readonly ports: readonly string[];
  }
  const { services, volumes } = parse(read('docker/compose.monitoring.yml')) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };

  it('mounts files that are there where the programs look, reading only', () => {
    const mounts = Object.values(services).flatMap((one) => one.volumes);
    const files = mounts.filter((mount) => mount.startsWith('./'));
    expect(files).toHaveLength(4);
    for (const mount of files) {
      const [from = '', , mode] = mount.split(':');
      expect(existsSync(new URL(from, new URL('docker/', root))), from).toBe(true);
      expect(mode).toBe('ro');
    }
    const named = mounts.filter((mount) => !mount.startsWith('./')).map((m) => m.split(':')[0]);
    expect(named).toEqual(Object.keys(volumes));
    const { rule_files: ruleFiles } = parse(read('docker/prometheus/prometheus.yml')) as {
      rule_files: string[];
    };
    for (const file of ruleFiles)
      expect(services['prometheus']!.volumes.some((mount) => mount.includes(`:${file}:`))).toBe(
        true,
      );
  });

  it('pins its images and opens ports on this machine only', () => {
    for (const { image, ports } of Object.values(services)) {
      expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    }
  });

  it('scrapes the services of docker/compose.yml at their port', () => {
    const local = parse(read('docker/compose.yml'), { merge: true }) as {
      services: Record<string, { environment?: Record<string, unknown> }>;
    };
    const { scrape_configs: jobs } = parse(read('docker/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    const [{ names, port }] = jobs[0]!.dns_sd_configs as [{ names: string[]; port: number }];
    expect(jobs[0]!.job_name).toBe('coupons');
    for (const name of names) expect(local.services[name]!.environment!['PORT']).toBe(port);
  });

  it('gives Grafana its source and its dashboard', () => {
    const source = read('docker/grafana/provisioning/datasources/prometheus.yml');
    expect(source).toContain('http://prometheus:9090');
    for (const { targets = [] } of dashboard.panels)
      for (const target of targets)
        expect(target).toMatchObject({ datasource: { uid: 'prometheus' } });
    expect(readdirSync(new URL('docker/grafana/dashboards', root))).toEqual(['coupons.json']);
  });
});

/** Those that Prometheus adds, those of the scrape, and those of series that only trouble makes. */
function isKnown(label: string): boolean {
  return ['job', 'instance', 'code', 'step'].includes(label) || scrape.labels.has(label);
}
