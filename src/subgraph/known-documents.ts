/**
 * Documents that were found valid a moment ago, by their SHA-256: a client may send the hash alone (automatic
 * persisted queries), and the hash of a text that comes again is not worked out again, which was a twentieth
 * of a claim answered from memory (docs/performance.md).
 *
 * Promise: a document is known to the letter, and what was not found valid is not known. Whoever sends a text
 * is answered, whatever is known of it: shortened once its caller is known, it is the last to be let go, and
 * Apollo looks it up before anything else can arrive.
 */
import type { ApolloServerPlugin } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import { DOCUMENTS_CHARACTERS_MAX, DOCUMENTS_KEPT_MAX } from '../config/limits.js';
import type { RequestContext } from '../graph/request.js';

/** The prefix that Apollo gives the keys of persisted queries. */
const APOLLO_PREFIX = 'apq:';

export class KnownDocuments {
  private readonly hashes = new Map<string, string>();
  private readonly texts = new LRUCache<string, string>({
    max: DOCUMENTS_KEPT_MAX,
    maxSize: DOCUMENTS_CHARACTERS_MAX,
    sizeCalculation: (text) => text.length,
    dispose: (text) => this.hashes.delete(text),
  });

  /** What Apollo asks for the text of a hash. It learns by the plugin, not by being told. */
  readonly cache = {
    get: async (key: string) => this.texts.get(key.slice(APOLLO_PREFIX.length)),
    set: async () => undefined,
    delete: async () => undefined,
  };

  readonly plugin: ApolloServerPlugin<RequestContext> = {
    requestDidStart: async () => ({
      didResolveOperation: async ({ queryHash, source, metrics }) => {
        if (metrics.persistedQueryHit === true || this.hashes.has(source)) return;
        this.texts.set(queryHash, source);
        if (this.texts.has(queryHash)) this.hashes.set(source, queryHash);
      },
    }),
  };

  /** What the body asks for; undefined: nothing that is known. */
  textOf(body: unknown): string | undefined {
    const { query, extensions } = (body ?? {}) as Sent;
    if (typeof query === 'string') return query;
    return this.texts.peek(String(extensions?.persistedQuery?.sha256Hash));
  }

  /** The body with the hash in place of a text that is known; any other as it came. */
  shorten(body: unknown): unknown {
    if (typeof body !== 'object' || body === null || 'extensions' in body) return body;
    const { query } = body as Sent;
    const sha256Hash = typeof query === 'string' ? this.hashes.get(query) : undefined;
    if (sha256Hash === undefined) return body;
    this.texts.get(sha256Hash); // from now on the newest
    const persistedQuery = { version: 1, sha256Hash };
    return { ...body, query: undefined, extensions: { persistedQuery } };
  }
}

interface Sent {
  readonly query?: unknown;
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash?: unknown } } | null;
}
