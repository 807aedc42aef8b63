/**
 * What REDIS_URL says: one server, or nodes of a cluster. A cluster is several urls with commas, or one
 * that says `?cluster=true` (the one name that a managed cluster is reached by).
 *
 * User, password and TLS hold for every node; the environment is refused where they differ.
 */
export interface RedisAddress {
  readonly isCluster: boolean;
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username?: string;
  readonly password?: string;
  readonly isEncrypted: boolean;
}

const DEFAULT_PORT = 6379;

export function readRedisAddress(text: string): RedisAddress {
  const urls = text.split(',').map((part) => new URL(part.trim()));
  const [first] = urls;
  const { username, password, protocol, searchParams } = first!;
  return {
    isCluster: urls.length > 1 || searchParams.get('cluster') === 'true',
    nodes: urls.map(({ hostname, port }) => ({
      // An IPv6 address stands in brackets in a url, and without them everywhere else.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || DEFAULT_PORT,
    })),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    isEncrypted: protocol === 'rediss:',
  };
}
