/** The secrets of an endpoint as they are stored: sealed for its row, so that who reads the tables signs nothing. */
import type { Sealer } from '../storage/seal.js';
import type { Place } from '../storage/sealed-columns.js';
import type { WebhookEndpoint, WebhookSecret } from './webhook.types.js';

export function sealSecrets(
  sealer: Sealer,
  endpointId: string,
  secrets: readonly WebhookSecret[],
): string {
  return sealer.seal(JSON.stringify(secrets), placeOf(endpointId));
}

/** @throws CannotOpen */
export function openSecrets(
  sealer: Sealer,
  { id, secrets }: Pick<WebhookEndpoint, 'id' | 'secrets'>,
): WebhookSecret[] {
  return JSON.parse(sealer.open(secrets, placeOf(id))) as WebhookSecret[];
}

function placeOf(rowId: string): Place {
  return { table: 'webhook_endpoint', column: 'secrets', rowId };
}
