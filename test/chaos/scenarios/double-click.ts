/** Five hundred clicks at once by one user with a key each, over two processes, where one coupon is allowed. */
import { onStage, type Scenario } from './scenario.js';

const CLICKS = 500;

export const doubleClick: Scenario = {
  name: 'double-click',
  proves: 'A user limit of one gives one coupon, however many requests come at once.',
  isInCi: true,
  play: (context) =>
    onStage(context, async (stage) => {
      const templateId = await stage.template({ totalCount: 50, perUserLimit: 1 });
      await stage.hire({ seats: ['a', 'b'], life: () => stage.life('api') });
      const answers = await Promise.all(
        Array.from({ length: CLICKS }, (_, i) =>
          stage.customers.attempt({ user: 'ada', key: `click-${i}`, templateId }),
        ),
      );
      const won = answers.filter(({ kind }) => kind === 'COUPON').length;
      return `${CLICKS} clicks, ${won} won`;
    }),
};
