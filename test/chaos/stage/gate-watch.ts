/** When claims of a template go through Redis again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtGate } from '../../../src/claim/look-at-gate.js';
import { CLAIM_SQL } from '../../../src/claim/claim.store.js';
import type { Stage } from './stage.js';

const REOPEN_WITHIN_MS = 30_000;

/** Resolves when its gate is of this life of Redis and of the epoch that MySQL has. @returns ms that took */
export async function reopened(stage: Stage, templateId: () => string): Promise<number> {
  const fromMs = performance.now();
  while (performance.now() < fromMs + REOPEN_WITHIN_MS) {
    if (await isOpen(stage, templateId()).catch(() => false))
      return Math.round(performance.now() - fromMs);
    await sleep(10);
  }
  throw new Error(`claims did not go through Redis again within ${REOPEN_WITHIN_MS} ms`);
}

async function isOpen({ redis, database }: Stage, templateId: string): Promise<boolean> {
  const gate = await lookAtGate(redis, templateId);
  const [row] = await database.rows(CLAIM_SQL.stockOf, [templateId]);
  return gate !== undefined && gate.isOfThisLife && gate.epoch === Number(row?.['epoch']);
}
