/**
 * Operators say where events are posted to. A secret is shown once: by who made or rotated it.
 */
import { randomBytes } from 'node:crypto';
import { REASON_LENGTH_MAX, WEBHOOK_ENDPOINTS_MAX } from '../config/limits.js';
import { readCursor, readFirstPosition, LOG_SQL } from '../event/event-log.store.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId, newId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import { rejection } from '../kernel/rejection.js';
import { requireNoLonger } from '../kernel/require-length.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database, Sql } from '../storage/database.js';
import type { Sealer } from '../storage/seal.js';
import { changeEndpoint, recordStep, type EndpointStep } from './change-endpoint.js';
import { countEndpoints, insertEndpoint, lockEndpoint, readEndpoint } from './endpoint.store.js';
import { problemOfUrl } from './rules/check-url.js';
import { rotated } from './rules/live-secrets.js';
import { toSecret } from './rules/sign.js';
import { problemOfTypes } from './rules/wanted-types.js';
import { openSecrets, sealSecrets } from './sealed-secrets.js';
import type { WebhookEndpoint, WebhookSecret } from './webhook.types.js';

/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

export interface EndpointRequest {
  readonly url: string;
  readonly types: readonly string[];
}

export interface EndpointSaved {
  readonly endpoint: WebhookEndpoint;
  /** Only of who made it just now. */
  readonly secret: string | null;
}

export interface ManageParts {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly trustedHosts: readonly string[];
}

export class ManageEndpoints {
  constructor(private readonly parts: ManageParts) {}

  /** It is told what happens from now on. @throws InputError */
  async create(caller: Caller, request: EndpointRequest): Promise<Result<EndpointSaved>> {
    const actor = requireScope(caller, 'coupons:admin');
    this.check(request);
    const { database, sealer, clock } = this.parts;
    const nowMs = clock.nowMs();
    const id = newId(nowMs);
    const secret = newSecret();
    return settled(() =>
      database.transaction(async (sql) => {
        // The end of the log is locked: nobody else makes an endpoint now, so the count holds.
        const position = await readCursor(sql, 'log', LOG_SQL.lockCursor);
        requireInput(
          (await countEndpoints(sql)) < WEBHOOK_ENDPOINTS_MAX,
          'input',
          `there may be ${WEBHOOK_ENDPOINTS_MAX} endpoints at most`,
        );
        const endpoint: WebhookEndpoint = {
          id,
          ...request,
          status: 'ENABLED',
          version: 1,
          secrets: sealSecrets(sealer, id, [{ secret, expiresAtMs: null }]),
          position,
          failingSinceMs: null,
          createdAtMs: nowMs,
          updatedAtMs: nowMs,
        };
        await insertEndpoint(sql, endpoint);
        await recordStep(sql, endpoint, 'CREATED', null, actor);
        return ok({ endpoint, secret });
      }),
    );
  }

  /** VERSION_CONFLICT if `expectedVersion` is not the present one. @throws InputError */
  async update(
    caller: Caller,
    id: string,
    expectedVersion: number,
    request: EndpointRequest,
  ): Promise<Result<EndpointSaved>> {
    this.check(request);
    return this.change(caller, { id, event: 'EDIT', expectedVersion, facts: request });
  }

  disable(caller: Caller, id: string, reason: string): Promise<Result<EndpointSaved>> {
    requireNoLonger(reason, 'input.reason', REASON_LENGTH_MAX);
    return this.change(caller, { id, event: 'DISABLE', details: { reason } });
  }

  /** It goes on where it stood; what the log does not keep any more is lost for it, and the history says so. */
  async enable(caller: Caller, id: string, reason: string): Promise<Result<EndpointSaved>> {
    requireNoLonger(reason, 'input.reason', REASON_LENGTH_MAX);
    requireScope(caller, 'coupons:admin');
    return settled(async () => {
      const endpoint = isId(id) ? await readEndpoint(this.parts.database, id) : undefined;
      const first = await readFirstPosition(this.parts.database);
      const missed = Math.max(0, (first ?? 0) - 1 - (endpoint?.position ?? 0));
      const details = { reason, ...(missed > 0 ? { missed } : {}) };
      return this.change(caller, { id, event: 'ENABLE', facts: { failingSinceMs: null }, details });
    });
  }

  /** What waited there is not delivered any more. */
  delete(caller: Caller, id: string, reason: string): Promise<Result<EndpointSaved>> {
    requireNoLonger(reason, 'input.reason', REASON_LENGTH_MAX);
    return this.change(caller, { id, event: 'DELETE', details: { reason } });
  }

  /** The secret before signs too for another day, beside the new one. */
  async rotateSecret(caller: Caller, id: string): Promise<Result<EndpointSaved>> {
    const secret = newSecret();
    const { sealer, clock } = this.parts;
    const saved = await this.change(caller, { id, event: 'ROTATE' }, async (sql) => {
      const endpoint = await lockEndpoint(sql, id);
      if (endpoint === undefined) return {};
      const secrets = rotated(this.readSecrets(endpoint), secret, clock.nowMs());
      return { secrets: sealSecrets(sealer, id, secrets) };
    });
    return saved.ok ? ok({ ...saved.value, secret }) : saved;
  }

  /** Where the old ones cannot be opened any more, a rotation is what helps. */
  private readSecrets(endpoint: WebhookEndpoint): WebhookSecret[] {
    try {
      return openSecrets(this.parts.sealer, endpoint);
    } catch {
      return [];
    }
  }

  private async change(
    caller: Caller,
    step: Omit<EndpointStep, 'actor' | 'atMs'>,
    moreFacts: (sql: Sql) => Promise<EndpointStep['facts']> = async () => ({}),
  ): Promise<Result<EndpointSaved>> {
    const actor = requireScope(caller, 'coupons:admin');
    if (!isId(step.id)) return rejected(rejection('WEBHOOK_NOT_FOUND'));
    const atMs = this.parts.clock.nowMs();
    return settled(() =>
      this.parts.database.transaction(async (sql) => {
        const facts = { ...step.facts, ...(await moreFacts(sql)) };
        const changed = await changeEndpoint(sql, { ...step, actor, atMs, facts });
        return changed.ok ? ok({ endpoint: changed.value, secret: null }) : changed;
      }),
    );
  }

  private check({ url, types }: EndpointRequest): void {
    const urlProblem = problemOfUrl(url, this.parts.trustedHosts);
    requireInput(urlProblem === undefined, 'input.url', urlProblem ?? '');
    const typesProblem = problemOfTypes(types);
    requireInput(typesProblem === undefined, 'input.types', typesProblem ?? '');
  }
}

function newSecret(): string {
  return toSecret(randomBytes(SECRET_BYTES));
}
