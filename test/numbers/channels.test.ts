/** Where coupons were claimed, and which of those were used: what a campaign's channels are judged by. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TestService } from '../kit/service.js';
import { activeTemplate } from '../kit/world.js';
import { buyWith, claimBy, tell } from './buyer.js';

const STATS = `query ($id: ID!) { template(id: $id) { stats {
  issued used byChannel { channel issued used } } } }`;
const SHARE = `mutation ($input: CreateShareInput!) { createShare(input: $input) {
  ... on ShareCreated { share { token } } } }`;
const ACCEPT = `mutation ($input: AcceptShareInput!) { acceptShare(input: $input) {
  ... on CouponClaimed { coupon { id } } ... on Rejection { code } } }`;

describe('channels', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await start({ env: { CLAIMS_PER_NETWORK_PER_HOUR: '0' } });
  });
  afterAll(() => service.stop());

  const channelsOf = async (id: string) => {
    const token = await service.token({ sub: 'olga', scope: 'coupons:admin' });
    const { data } = await service.query<{ template: { stats: { byChannel: object[] } } }>(
      STATS,
      { id },
      token,
    );
    return data!.template.stats.byChannel;
  };

  it('are told from the claim to the use', async () => {
    const { id } = await activeTemplate(service);
    const claims = [
      ['anna', 'wechat'],
      ['bert', 'wechat'],
      ['cleo', 'wechat'],
      ['dora', 'app'],
      ['emil', 'app'],
      ['fred', null],
    ] as const;
    const coupons = new Map<string, string>();
    for (const [sub, channel] of claims)
      coupons.set(sub, (await claimBy(service, id, sub, channel))!);
    expect(await channelsOf(id)).toEqual([
      { channel: 'wechat', issued: 3, used: 0 },
      { channel: 'app', issued: 2, used: 0 },
      { channel: '', issued: 1, used: 0 },
    ]);
    for (const sub of ['anna', 'cleo', 'dora']) await buyWith(service, coupons.get(sub)!, sub);
    expect(await channelsOf(id)).toEqual([
      { channel: 'wechat', issued: 3, used: 2 },
      { channel: 'app', issued: 2, used: 1 },
      { channel: '', issued: 1, used: 0 },
    ]);
  });

  it('of what came through a share are "share", unless who accepts says another', async () => {
    const share = { acceptLimit: 5, rewardTemplateId: null };
    const { id } = await activeTemplate(service, { claimMethod: 'SHARE', share });
    const created = await tell<{ share: { token: string } }>(
      service,
      SHARE,
      { templateId: id },
      'anna',
    );
    const accept = async (sub: string, more: object = {}) => {
      const input = { token: created.share.token, idempotencyKey: 'once', ...more };
      return (await tell<{ coupon: { id: string } }>(service, ACCEPT, input, sub)).coupon.id;
    };
    const used = await accept('bert');
    await accept('cleo');
    await accept('dora', { channel: 'wechat' });
    await buyWith(service, used, 'bert');
    expect(await channelsOf(id)).toEqual([
      { channel: 'share', issued: 2, used: 1 },
      { channel: 'wechat', issued: 1, used: 0 },
    ]);
  });
});
