/**
 * The one way in which an endpoint changes: locked, by a step of its lifecycle, with its audit entry and its
 * event in the same transaction. Neither holds a secret, nor more of the URL than its host.
 */
import { recordChanges } from '../event/record-change.js';
import { next } from '../kernel/lifecycle.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import type { Sql } from '../storage/database.js';
import { lockEndpoint, updateEndpoint } from './endpoint.store.js';
import { hostOf } from './rules/check-url.js';
import { ENDPOINT_LIFECYCLE, type EndpointEvent } from './rules/endpoint-lifecycle.js';
import type { WebhookEndpoint } from './webhook.types.js';

/** The name of each step in the audit and in its event. */
const DONE: { readonly [E in EndpointEvent]: string } = {
  EDIT: 'EDITED',
  ROTATE: 'ROTATED',
  ENABLE: 'ENABLED',
  DISABLE: 'DISABLED',
  DELETE: 'DELETED',
  REPLAY: 'REPLAYED',
};

export interface EndpointStep {
  readonly id: string;
  readonly event: EndpointEvent;
  /** null: whatever version it has. */
  readonly expectedVersion?: number | null;
  readonly actor: string;
  readonly atMs: number;
  readonly facts?: Partial<Pick<WebhookEndpoint, 'url' | 'types' | 'secrets' | 'failingSinceMs'>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function changeEndpoint(
  sql: Sql,
  step: EndpointStep,
): Promise<Result<WebhookEndpoint>> {
  const before = await lockEndpoint(sql, step.id);
  if (before === undefined) return rejected(rejection('WEBHOOK_NOT_FOUND'));
  const { expectedVersion = null, event, atMs } = step;
  const status = next(ENDPOINT_LIFECYCLE, before.status, event);
  if (!status.ok) return status;
  if (expectedVersion !== null && expectedVersion !== before.version) {
    const detail = { fact: 'VERSION_IS_NOW', version: before.version } as const;
    return rejected(rejection('VERSION_CONFLICT', { detail }));
  }
  const after: WebhookEndpoint = {
    ...before,
    ...step.facts,
    status: status.value,
    version: before.version + 1,
    updatedAtMs: atMs,
  };
  if (!(await updateEndpoint(sql, before, after)))
    throw new Error(`endpoint ${before.id} changed under its lock`);
  await recordStep(sql, after, DONE[event], before.status, step.actor, step.details);
  return ok(after);
}

export async function recordStep(
  sql: Sql,
  after: WebhookEndpoint,
  action: string,
  from: string | null,
  actor: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { id: subjectId, version: seq, status: to, types, updatedAtMs: atMs } = after;
  const told = { host: hostOf(new URL(after.url)), types, ...details };
  await recordChanges(sql, [
    { subject: 'WEBHOOK', subjectId, seq, action, from, to, actor, atMs, details: told },
  ]);
}
