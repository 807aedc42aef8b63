/** Sends the list of a grant as an operator does: one POST /grants to a process with the role api. */
import type { Config } from '../../src/config/environment.js';
import { localSigner } from '../../src/subgraph/token-keys.js';
import { startProcess } from '../../test/kit/process.js';

export type ListType = 'text/csv' | 'application/x-ndjson';

export interface Uploaded {
  readonly type: ListType;
  readonly bytes: number;
  readonly tookMs: number;
  readonly grant: { readonly id: string; readonly requested: number };
  readonly replayed: boolean;
}

export interface Upload {
  /** Each with the same key: the second of the same list is the same grant. @throws when it was refused */
  readonly send: (type: ListType, body: string) => Promise<Uploaded>;
  readonly close: () => Promise<unknown>;
}

export function asCsv(userIds: readonly string[]): string {
  return `userId\n${userIds.join('\n')}\n`;
}

export function asNdjson(userIds: readonly string[]): string {
  return userIds.map((userId) => `{"userId":"${userId}"}\n`).join('');
}

export async function openUpload(
  config: Config,
  env: Readonly<Record<string, string>>,
  templateId: string,
): Promise<Upload> {
  const token = await (await localSigner(config))({ sub: 'olga', scope: 'coupons:admin' });
  const api = await startProcess({ ...env, ROLE: 'api', LOG_LEVEL: 'info' });
  const query = new URLSearchParams({ templateId, reason: 'spring', idempotencyKey: 'spring-1' });
  const url = new URL(`/grants?${query}`, api.url);
  return {
    send: async (type, body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const startMs = performance.now();
      const response = await fetch(url, { method: 'POST', headers, body });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${answer}`);
      const tookMs = performance.now() - startMs;
      const { grant, replayed } = JSON.parse(answer) as Pick<Uploaded, 'grant' | 'replayed'>;
      return { type, bytes: Buffer.byteLength(body), tookMs, grant, replayed };
    },
    close: () => api.terminate(),
  };
}
