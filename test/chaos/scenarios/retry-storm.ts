/** The same keys fifty times at once, over two processes, while the coupons run out. */
import { onStage, type Scenario } from './scenario.js';

const USERS = 40;
const REPEATS = 50;

export const retryStorm: Scenario = {
  name: 'retry-storm',
  proves: 'One key has one coupon and one answer, wherever and however often it is asked.',
  isInCi: true,
  play: (context) =>
    onStage(context, async (stage) => {
      const templateId = await stage.template({ totalCount: USERS - 10, perUserLimit: 2 });
      await stage.hire({ seats: ['a', 'b'], life: () => stage.life('api') });
      const claims = Array.from({ length: USERS * REPEATS }, (_, i) => ({
        user: `user-${i % USERS}`,
        key: 'the same',
        templateId,
      }));
      await Promise.all(
        context.random.shuffle(claims).map((claim) => stage.customers.attempt(claim)),
      );
      return `${USERS} keys × ${REPEATS}`;
    }),
};
