/** An A/B test from the claim to what operators read of it, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countTemplates } from '../../src/numbers/count-templates.js';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate } from '../kit/world.js';
import { buyWith, claimBy } from './buyer.js';

const ESTIMATE = '{ value low high }';
const READ = `query ($name: String!) { experiment(name: $name) { name arms {
  template { id experiment } weight isControl
  numbers { claimed used discountGiven { amount currency } conversion ${ESTIMATE} countedAt }
  uplift { conversion ${ESTIMATE} uses ${ESTIMATE} } } } }`;

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
interface Arm {
  readonly template: { readonly id: string };
  readonly weight: number;
  readonly isControl: boolean;
  readonly numbers: {
    readonly claimed: number;
    readonly used: number;
    readonly discountGiven: object;
    readonly conversion: Estimate | null;
  } | null;
  readonly uplift: { readonly conversion: Estimate; readonly uses: Estimate } | null;
}
type Told = { readonly experiment: { readonly arms: readonly Arm[] } | null };

describe('an experiment in the graph', () => {
  let service: TestService;
  let admin: string;
  beforeAll(async () => {
    // No worker: the test says when is counted.
    service = await start({ env: { ROLE: 'api', CLAIMS_PER_NETWORK_PER_HOUR: '0' } });
    admin = await service.token({ sub: 'olga', scope: 'coupons:admin' });
  });
  afterAll(() => service.stop());

  const read = async (name: string) => {
    const { data, errors } = await service.query<Told>(READ, { name }, admin);
    expect(errors).toEqual([]);
    return data!.experiment;
  };
  const count = () =>
    countTemplates(
      { database: service.stores.database, signal: new AbortController().signal },
      service.app.clock,
    );

  it('tells of each arm what was claimed and used, and what that proves against the first', async () => {
    const made = { experiment: 'banner', totalCount: 1_000 };
    const control = await activeTemplate(service, { ...made, experimentWeight: 1 });
    const bold = await activeTemplate(service, { ...made, experimentWeight: 2 });
    const expected = { [control.id]: { claimed: 0, used: 0 }, [bold.id]: { claimed: 0, used: 0 } };
    expect((await read('banner'))!.arms.map(({ numbers }) => numbers)).toMatchObject([
      { claimed: 0, used: 0, conversion: null },
      { claimed: 0, used: 0, conversion: null },
    ]);
    let users = 0;
    // Ids are random, so who is whose is too; both have enough before long.
    while (Object.values(expected).some(({ claimed }) => claimed < 6)) {
      users += 1;
      for (const { id } of [control, bold]) {
        const couponId = await claimBy(service, id, `user-${users}`);
        if (couponId === undefined) continue;
        const own = expected[id]!;
        own.claimed += 1;
        // Every second buys with the control, all but the first with the other.
        if (id === control.id ? own.claimed % 2 === 0 : own.claimed === 1) continue;
        own.used += 1;
        await buyWith(service, couponId, `user-${users}`);
      }
    }
    expect(expected[control.id]!.claimed + expected[bold.id]!.claimed).toBe(users);
    expect((await read('banner'))!.arms.map(({ numbers }) => numbers)).toEqual([null, null]);
    await count();

    const seen: string[] = [];
    const stop = service.stores.database.observe((sql) => seen.push(sql));
    const arms = (await read('banner'))!.arms;
    stop();
    // What the worker counted, one row an arm: no look at an experiment reads a coupon.
    expect(seen.filter((sql) => /\b(FROM|JOIN) (coupon|redemption)/i.test(sql))).toEqual([]);
    expect(arms.map(({ template, weight }) => [template.id, weight])).toEqual([
      [control.id, 1],
      [bold.id, 2],
    ]);
    const [a, b] = [expected[control.id]!, expected[bold.id]!];
    const given = (used: number) => ({ amount: `${used * 20}.00`, currency: 'CNY' });
    expect(arms).toMatchObject([
      { isControl: true, numbers: { ...a, discountGiven: given(a.used) }, uplift: null },
      { isControl: false, numbers: { ...b, discountGiven: given(b.used) } },
    ]);
    const difference = b.used / b.claimed - a.used / a.claimed;
    const { conversion, uses } = arms[1]!.uplift!;
    expect(conversion.value).toBeCloseTo(difference, 9);
    expect(conversion.low).toBeLessThan(difference);
    expect(conversion.high).toBeGreaterThan(difference);
    expect(uses.value).toBeCloseTo(b.used / 2 / a.used - 1, 9);
  });

  it('is null where no template of it was ever approved, and refused to who is no operator', async () => {
    for (const name of ['nobody-knows', 'söme', '', 'x'.repeat(1_000)])
      expect(await read(name)).toBeNull();
    const { data, errors } = await service.query(
      READ,
      { name: 'banner' },
      await service.token({ sub: 'anna' }),
    );
    expect(data?.['experiment'] ?? null).toBeNull();
    expect(errors[0]!.extensions.code).toBe('FORBIDDEN');
  });
});
