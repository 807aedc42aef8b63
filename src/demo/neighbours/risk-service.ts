/**
 * The sample risk service: it remembers which accounts and devices it saw behind each network, and calls
 * a network a farm where many accounts share few devices. A household has a device a person, an office too.
 * It learns hashes only.
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { serveJson, type JsonService } from './serve-json.js';

const Question = z.object({
  userId: z.string(),
  network: z.string().nullable(),
  device: z.string().nullable(),
});
type Question = z.infer<typeof Question>;

interface Seen {
  readonly accounts: Set<string>;
  readonly devices: Set<string>;
}

const NETWORKS_MAX = 10_000;
const NETWORK_TTL_MS = 3_600_000;
/** From this many accounts on it is no family any more. */
const ACCOUNTS_MIN = 6;
const ACCOUNTS_PER_DEVICE = 1.5;
const FARM_SCORE = 0.9;
/** So many say enough; what comes after changes nothing. */
const REMEMBERED_MAX = 1_000;

export function startRiskService(port = 0): Promise<JsonService> {
  const networks = new LRUCache<string, Seen>({ max: NETWORKS_MAX, ttl: NETWORK_TTL_MS });
  return serveJson((body) => ({ score: score(Question.parse(body)) }), port);

  function score({ userId, network, device }: Question): number {
    if (network === null || device === null) return 0;
    const seen = networks.get(network) ?? { accounts: new Set(), devices: new Set() };
    networks.set(network, seen);
    if (seen.accounts.size < REMEMBERED_MAX) {
      seen.accounts.add(userId);
      seen.devices.add(device);
    }
    const { accounts, devices } = seen;
    const isFarm =
      accounts.size >= ACCOUNTS_MIN && accounts.size >= ACCOUNTS_PER_DEVICE * devices.size;
    return isFarm ? FARM_SCORE : 0;
  }
}
