/** Starts a grant as an operator does; for tests and benches. */
import type { Grant } from '../../src/grant/grant.types.js';
import { operator, type World } from '../kit/world.js';

let keys = 0;

export function listOf(userIds: readonly string[]) {
  return userIds.map((userId, i) => ({ userId, place: `line ${i + 1}` }));
}

export function usersOf(count: number, name = 'user'): string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${String(i).padStart(6, '0')}`);
}

export async function startGrant(
  { app }: Pick<World, 'app'>,
  templateId: string,
  userIds: readonly string[],
  idempotencyKey = `grant-${(keys += 1)}`,
): Promise<Grant> {
  const request = { templateId, reason: 'a birthday of the shop', idempotencyKey };
  const started = await app.startGrant.run(operator, request, listOf(userIds));
  if (!started.ok) throw new Error(started.rejection.code);
  return started.value.grant;
}
