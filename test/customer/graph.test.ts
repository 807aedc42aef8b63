/** Events of customers through GraphQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type TestService } from '../kit/service.js';

const TELL = `mutation ($input: CustomerEventInput!) { recordCustomerEvent(input: $input) {
  __typename
  ... on CustomerEventRecorded { replayed granted { id status owner { id } template { grantOn } } }
  ... on Rejection { code retryable } } }`;
const CREATE = `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
  ... on TemplateSaved { template { id } } } }`;
const MOVE = (name: string) => `mutation ($input: TemplateActionInput!) { ${name}(input: $input) {
  __typename ... on Rejection { code } } }`;

describe('recordCustomerEvent', () => {
  let service: TestService;
  let crm: string;
  beforeAll(async () => {
    service = await start();
    crm = await service.token({ sub: 'crm', scope: 'coupons:events' });
    const olga = await service.token({ sub: 'olga', scope: 'coupons:admin' });
    const rolf = await service.token({ sub: 'rolf', scope: 'coupons:approve' });
    const input = {
      names: [{ language: 'en', name: 'Welcome' }],
      type: 'EXCHANGE',
      currency: 'CNY',
      claimMethod: 'GRANT_ONLY',
      grantOn: 'REGISTERED',
      claimFrom: '2020-01-01T00:00:00Z',
      claimUntil: '2099-12-31T00:00:00Z',
      validity: { days: 7 },
    };
    interface Saved {
      readonly createTemplate: { readonly template: { readonly id: string } };
    }
    const { data } = await service.query<Saved>(CREATE, { input }, olga);
    const { id } = data!.createTemplate.template;
    const step = { input: { id, expectedVersion: 1 } };
    await service.query(MOVE('submitTemplate'), step, olga);
    await service.query(MOVE('approveTemplate'), step, rolf);
    await service.query(MOVE('activateTemplate'), step, olga);
  });
  afterAll(() => service.stop());

  const event = { eventId: 'e-1', type: 'REGISTERED', userId: 'anna' };
  const tell = (more: object = {}, token = crm) =>
    service.query<{ recordCustomerEvent: object }>(
      TELL,
      { input: { ...event, occurredAt: '2020-11-22T08:00:00+08:00', ...more } },
      token,
    );

  it('answers with the coupons of a registration, and the same again', async () => {
    const { data, errors } = await tell();
    expect(errors).toEqual([]);
    const granted = [
      {
        id: expect.any(String) as string,
        status: 'UNUSED',
        owner: { id: 'anna' },
        template: { grantOn: 'REGISTERED' },
      },
    ];
    const recorded = { __typename: 'CustomerEventRecorded', granted };
    expect(data!.recordCustomerEvent).toEqual({ ...recorded, replayed: false });
    const again = await tell();
    expect(again.data!.recordCustomerEvent).toEqual({
      ...data!.recordCustomerEvent,
      replayed: true,
    });
  });

  it('answers another input with the same id as a conflict', async () => {
    const { data } = await tell({ userId: 'ben' });
    expect(data!.recordCustomerEvent).toEqual({
      __typename: 'Rejection',
      code: 'IDEMPOTENCY_CONFLICT',
      retryable: false,
    });
  });

  it('names the field of a birthday that is none', async () => {
    const { errors } = await tell({ eventId: 'e-2', birthday: '1990-02-29' });
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors[0])).toContain('input.birthday');
    expect(JSON.stringify(errors[0])).toContain('must be YYYY-MM-DD or MM-DD');
  });
});
