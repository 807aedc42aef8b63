/**
 * The server programs to start: the machine's own or fetched ones, of the flavour that wrote the
 * data there is. Where there are none and none can be fetched, one message says what to do.
 */
import { type Accept, findInstalled } from './binaries.js';
import type { EmbeddedServer } from './embedded-server.js';
import type { ServerBinary, ServerKind } from './examine-program.js';
import { CannotFetch, fetchBinaries } from './fetch-packages.js';

export interface ProvideOptions {
  readonly cacheDir: string;
  readonly source: 'auto' | 'fetch';
  readonly progress: (line: string) => void;
}

const ADVICE: Record<ServerKind, { install: string; setting: string }> = {
  mysql: {
    install: 'MariaDB 10.6 or MySQL 8.0 or newer (mariadbd or mysqld)',
    setting: 'MYSQL_URL',
  },
  redis: {
    install: 'Redis 7.0 or Valkey 7.2 or newer (redis-server or valkey-server)',
    setting: 'REDIS_URL',
  },
};

export async function provideBinaries(
  servers: readonly EmbeddedServer[],
  { cacheDir, source, progress }: ProvideOptions,
): Promise<Map<ServerKind, ServerBinary>> {
  const found = new Map<ServerKind, ServerBinary>();
  const missing = new Map<ServerKind, Accept>();
  for (const server of servers) {
    const written = server.dataFlavour();
    const accept: Accept = (flavour) => written === undefined || flavour === written;
    const binary = source === 'auto' ? await findInstalled(server.kind, accept) : undefined;
    if (binary === undefined) missing.set(server.kind, accept);
    else found.set(server.kind, binary);
  }
  if (missing.size === 0) return found;
  try {
    return new Map([...found, ...(await fetchBinaries(missing, { cacheDir, progress }))]);
  } catch (error) {
    if (!(error instanceof CannotFetch)) throw error;
    throw new Error(
      advice(
        servers.filter((server) => missing.has(server.kind)),
        error,
      ),
      { cause: error },
    );
  }
}

function advice(servers: readonly EmbeddedServer[], reason: Error): string {
  const install = servers.map(({ kind }) => ADVICE[kind].install).join(' and ');
  const settings = servers.map(({ kind }) => ADVICE[kind].setting).join(' and ');
  const data = servers.flatMap((server) => server.dataFlavour() ?? []);
  const kept =
    data.length === 0
      ? ''
      : ` The data folder was written by ${data.join(' and ')} and needs the same again.`;
  return `No database server to start. Install ${install}, or set ${settings}.${kept} Reason: ${reason.message}`;
}
