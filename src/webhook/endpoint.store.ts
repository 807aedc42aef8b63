/** The SQL of endpoints. Every change is a compare-and-set on the version, or a move of the own place. */
import { WEBHOOK_ENDPOINTS_MAX } from '../config/limits.js';
import type { Store } from '../event/event-log.store.js';
import type { Row, Sql } from '../storage/database.js';
import {
  fromNullableMoment,
  fromSqlMoment,
  toNullableMoment,
  toSqlMoment,
} from '../storage/moments.js';
import type { EndpointStatus, WebhookEndpoint } from './webhook.types.js';

type Source = Pick<Sql, 'rows'>;

const COLUMNS =
  'id, url, types, status, version, secrets, position, failing_since, created_at, updated_at';
const NOT_DELETED = "status IN ('ENABLED', 'DISABLED')";

export const ENDPOINT_SQL = {
  all: `SELECT ${COLUMNS} FROM webhook_endpoint WHERE ${NOT_DELETED}
    ORDER BY id LIMIT ${WEBHOOK_ENDPOINTS_MAX}`,
  byId: `SELECT ${COLUMNS} FROM webhook_endpoint WHERE id = ? AND ${NOT_DELETED}`,
  count: `SELECT COUNT(*) AS n FROM webhook_endpoint WHERE ${NOT_DELETED}`,
  insert: `INSERT INTO webhook_endpoint (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  update: `UPDATE webhook_endpoint SET url = ?, types = ?, status = ?, version = ?, secrets = ?,
      failing_since = ?, updated_at = ? WHERE id = ? AND version = ?`,
  lock: `SELECT ${COLUMNS} FROM webhook_endpoint WHERE id = ? FOR UPDATE`,
  movePosition: `UPDATE webhook_endpoint SET position = ?
    WHERE id = ? AND position = ? AND status = 'ENABLED'`,
  noteFailing: `UPDATE webhook_endpoint SET failing_since = ? WHERE id = ? AND failing_since IS NULL`,
  noteTaking: 'UPDATE webhook_endpoint SET failing_since = NULL WHERE id = ?',
  deleted: "SELECT id FROM webhook_endpoint WHERE status = 'DELETED' LIMIT 1",
  remove: "DELETE FROM webhook_endpoint WHERE id = ? AND status = 'DELETED'",
};

/** Oldest first; there are WEBHOOK_ENDPOINTS_MAX at most. */
export async function readEndpoints(source: Source): Promise<WebhookEndpoint[]> {
  return (await source.rows(ENDPOINT_SQL.all)).map(toEndpoint);
}

export async function readEndpoint(
  source: Source,
  id: string,
): Promise<WebhookEndpoint | undefined> {
  return (await source.rows(ENDPOINT_SQL.byId, [id])).map(toEndpoint)[0];
}

/** Serialises all that is written of what waits at this endpoint. */
export async function lockEndpoint(sql: Sql, id: string): Promise<WebhookEndpoint | undefined> {
  return (await sql.rows(ENDPOINT_SQL.lock, [id])).map(toEndpoint)[0];
}

export async function countEndpoints(source: Source): Promise<number> {
  const [row] = await source.rows(ENDPOINT_SQL.count);
  return Number(row?.['n']);
}

export async function insertEndpoint(sql: Sql, endpoint: WebhookEndpoint): Promise<void> {
  await sql.change(ENDPOINT_SQL.insert, [
    endpoint.id,
    endpoint.url,
    JSON.stringify(endpoint.types),
    endpoint.status,
    endpoint.version,
    endpoint.secrets,
    endpoint.position,
    toNullableMoment(endpoint.failingSinceMs),
    toSqlMoment(endpoint.createdAtMs),
    toSqlMoment(endpoint.updatedAtMs),
  ]);
}

/** @returns false: somebody else changed it */
export async function updateEndpoint(
  sql: Sql,
  before: WebhookEndpoint,
  after: WebhookEndpoint,
): Promise<boolean> {
  const changed = await sql.change(ENDPOINT_SQL.update, [
    after.url,
    JSON.stringify(after.types),
    after.status,
    after.version,
    after.secrets,
    toNullableMoment(after.failingSinceMs),
    toSqlMoment(after.updatedAtMs),
    before.id,
    before.version,
  ]);
  return changed === 1;
}

/** @returns false: it is not where it was read, or is not ENABLED any more */
export async function movePosition(
  sql: Sql,
  { id, position }: WebhookEndpoint,
  to: number,
): Promise<boolean> {
  return (await sql.change(ENDPOINT_SQL.movePosition, [to, id, position])) === 1;
}

/** @param sinceMs null: it took something */
export async function noteFailing(
  database: Store,
  id: string,
  sinceMs: number | null,
): Promise<void> {
  await database.transaction((sql) =>
    sinceMs === null
      ? sql.change(ENDPOINT_SQL.noteTaking, [id])
      : sql.change(ENDPOINT_SQL.noteFailing, [toSqlMoment(sinceMs), id]),
  );
}

function toEndpoint(row: Row): WebhookEndpoint {
  return {
    id: String(row['id']),
    url: String(row['url']),
    types: JSON.parse(String(row['types'])) as string[],
    status: row['status'] as EndpointStatus,
    version: Number(row['version']),
    secrets: String(row['secrets']),
    position: Number(row['position']),
    failingSinceMs: fromNullableMoment(row['failing_since']),
    createdAtMs: fromSqlMoment(String(row['created_at'])),
    updatedAtMs: fromSqlMoment(String(row['updated_at'])),
  };
}
