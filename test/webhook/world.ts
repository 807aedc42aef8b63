/** An application with its relay, on real stores, and what tests of delivery do with it. */
import type { AppParts } from '../../src/app.js';
import type { EndpointSaved } from '../../src/webhook/manage-endpoints.js';
import { recordChanges } from '../../src/event/record-change.js';
import { newId } from '../../src/kernel/ids.js';
import type { Stores } from '../kit/stores.js';
import { openWorld, operator, type World } from '../kit/world.js';

const PAUSE_MS = 1;

export interface RelayWorld extends World {
  /** Runs the relay until nothing is on its way but what waits for its time. */
  relay(): Promise<void>;
  endpoint(url: string, types?: readonly string[]): Promise<EndpointSaved & { secret: string }>;
}

export async function openRelay(
  stores?: Stores,
  more: Partial<AppParts> = {},
): Promise<RelayWorld> {
  const webhooks = { pauseMs: PAUSE_MS, deadlineMs: 500, ...more.webhooks };
  const world = await openWorld(stores, { ...more, webhooks });
  const { app, stores: own } = world;
  return {
    ...world,
    relay: async () => {
      for (let before = ''; ;) {
        await app.relay.pass(own.database);
        await app.webhooks.deliver.settled();
        const now = JSON.stringify(
          await own.database.rows(
            `SELECT (SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL) AS due,
               (SELECT SUM(position) FROM webhook_endpoint) AS told,
               (SELECT CONCAT(COUNT(*), ' ', SUM(tries)) FROM webhook_delivery) AS waiting`,
          ),
        );
        if (now === before) return;
        before = now;
      }
    },
    endpoint: async (url, types = []) => {
      const made = await app.webhooks.manage.create(operator, { url, types });
      if (!made.ok || made.value.secret === null) throw new Error('no endpoint');
      return { ...made.value, secret: made.value.secret };
    },
  };
}

/** Changes of made-up redemptions, each in a transaction of its own: what others would have recorded. */
export async function record(
  { stores, clock }: Pick<World, 'stores' | 'clock'>,
  subjectId: string,
  seq: number,
): Promise<void> {
  await stores.database.transaction((sql) =>
    recordChanges(sql, [
      {
        subject: 'REDEMPTION',
        subjectId,
        seq,
        action: 'HELD',
        from: null,
        to: 'HELD',
        actor: 'test',
        atMs: clock.nowMs(),
        details: { userId: 'anna' },
      },
    ]),
  );
}

export function newSubject(): string {
  return newId(Date.now());
}
