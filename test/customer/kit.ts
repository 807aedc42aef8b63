/** Events as another service tells them, and the job of birthdays run by hand. */
import type { EventInput } from '../../src/customer/rules/read-event.js';
import { activeTemplate, callerOf, type World } from '../kit/world.js';
import type { RulesInput } from '../../src/template/rules/rules-input.js';

export const service = callerOf('crm', ['coupons:events']);
export const DAY_MS = 86_400_000;

let events = 0;

export async function tell(
  { app, clock }: Pick<World, 'app' | 'clock'>,
  more: Partial<EventInput>,
) {
  const answer = await app.recordEvent.run(service, {
    eventId: `event-${(events += 1)}`,
    type: 'REGISTERED',
    userId: 'anna',
    occurredAt: clock.nowMs(),
    ...more,
  });
  if (!answer.ok) return { code: answer.rejection.code, replayed: false, couponIds: [] };
  const { granted, replayed } = answer.value;
  return { code: 'RECORDED', replayed, couponIds: granted.map(({ id }) => id) };
}

/** ACTIVE for ten years. */
export function triggeredTemplate(
  world: World,
  grantOn: 'REGISTERED' | 'BIRTHDAY',
  more: Partial<RulesInput> = {},
) {
  const claimUntil = world.clock.nowMs() + 3_650 * DAY_MS;
  const rules = { claimMethod: 'GRANT_ONLY', grantOn, claimUntil, totalCount: null } as const;
  return activeTemplate(world, { ...rules, ...more });
}

/** One run of the job; nobody else has its lease. */
export function runBirthdays({ app }: Pick<World, 'app'>, pageSize?: number) {
  const run = { database: app.database, signal: new AbortController().signal };
  return app.grantBirthdays.run(run, pageSize);
}

/** Whose coupons there are of a template, in the order of their names. */
export async function ownersOf({ app }: Pick<World, 'app'>, templateId: string): Promise<string[]> {
  const sql = 'SELECT user_id FROM coupon WHERE template_id = ? ORDER BY user_id, id';
  return (await app.database.rows(sql, [templateId])).map((row) => String(row['user_id']));
}

/** The world goes on until then, which must lie ahead. */
export function goTo({ clock }: Pick<World, 'clock'>, moment: string): void {
  const aheadMs = Date.parse(moment) - clock.nowMs();
  if (aheadMs < 0) throw new Error(`${moment} is over`);
  clock.forward(aheadMs);
}
