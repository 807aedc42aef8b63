/**
 * Whether the sale kept every promise: what the buyers were answered is compared with what was for sale,
 * and `npm run verify` proves the rest on the installation itself.
 */
import type { Tally } from './flash-sale.js';
import { launch } from './processes.js';

export interface Invariants {
  readonly broken: readonly string[];
  readonly summary: string;
}

const BROKEN = 'BROKEN ';

export async function checkInvariants(tally: Tally, total: number): Promise<Invariants> {
  const broken = [...tally.wrong];
  const claimed = tally.winners.length;
  if (claimed !== total) broken.push(`${claimed} of ${total} coupons were claimed`);
  const lines: string[] = [];
  const errors: string[] = [];
  const verifier = launch('tools/verify.js', {
    onLine: (line) => lines.push(line),
    onErrorLine: (line) => errors.push(line),
  });
  const status = await verifier.ended;
  const found = lines.filter((line) => line.startsWith(BROKEN));
  broken.push(...found.map((line) => line.slice(BROKEN.length)));
  if (status !== 0 && found.length === 0) {
    broken.push(`the verifier ended with status ${String(status)}:`, ...errors);
  }
  const last = lines.findLast((line) => !line.startsWith(BROKEN));
  return { broken, summary: last ?? 'not checked' };
}
