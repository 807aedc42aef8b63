/** The demo's buyers on the real service: what they are told adds up to what was for sale. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runFlashSale, type Buyer } from '../../src/demo/flash-sale.js';
import { seedTemplate } from '../kit/seed.js';
import { start, type TestService } from '../kit/service.js';

let service: TestService;

beforeAll(async () => {
  service = await start();
});
afterAll(() => service.stop());

it('gives out every coupon once, and refuses whoever comes late or comes again', async () => {
  const { id } = await seedTemplate(service.stores.database, { totalCount: 40, perUserLimit: 1 });
  const buyers = await Promise.all(Array.from({ length: 100 }, (_, number) => buyer(number)));
  let heard = 0;
  const onProgress = () => (heard += 1);
  const tally = await runFlashSale({ url: service.url, templateId: id, buyers, onProgress });
  expect(tally.wrong).toEqual([]);
  expect(tally.winners).toHaveLength(40);
  expect(new Set(tally.winners)).toHaveProperty('size', 40);
  expect(heard).toBe(100);
  const { CLAIMED, SOLD_OUT, REPLAYED, USER_LIMIT_REACHED, ...others } = tally.answers;
  expect({ CLAIMED, SOLD_OUT, others }).toEqual({ CLAIMED: 40, SOLD_OUT: 60, others: {} });
  expect(REPLAYED).toBe(USER_LIMIT_REACHED);
});

async function buyer(number: number): Promise<Buyer> {
  const id = `buyer-${number}`;
  return { id, token: await service.token({ sub: id }), address: `10.0.0.${number}` };
}
