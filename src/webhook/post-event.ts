/**
 * One try to deliver one event over HTTP.
 *
 * The name is looked up once a connection and every address it has is checked; the connection goes to one
 * of these and no other, so a name cannot be one thing when it is checked and another when it is used.
 * Redirects are failures, the answer's status is all that counts, and a long answer is cut off.
 */
import { lookup as lookupName } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import {
  WEBHOOK_ANSWER_BYTES_MAX,
  WEBHOOK_CONCURRENCY,
  WEBHOOK_DEADLINE_MS,
  WEBHOOK_ERROR_LENGTH_MAX,
} from '../config/limits.js';
import { hostOf, problemOfUrl } from './rules/check-url.js';
import { isForbiddenAddress } from './rules/forbidden-address.js';
import { readRetryAfter } from './rules/next-try.js';
import type { TryOutcome } from './webhook.types.js';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type ResolveName = (host: string) => Promise<readonly Address[]>;

export interface PostOptions {
  /** Hosts of the own network that may be posted to. */
  readonly trustedHosts: readonly string[];
  readonly resolve?: ResolveName;
  readonly deadlineMs?: number;
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const systemResolver: ResolveName = (host) => lookupName(host, { all: true });

export class PostEvent {
  private readonly agents: { readonly http: http.Agent; readonly https: https.Agent };
  private readonly stopping = new AbortController();

  constructor(private readonly options: PostOptions) {
    const kept = { keepAlive: true, maxSockets: WEBHOOK_CONCURRENCY };
    this.agents = { http: new http.Agent(kept), https: new https.Agent(kept) };
  }

  /** Never throws. NOT_TRIED: it was being stopped. */
  async run(post: Post, nowMs: number): Promise<TryOutcome> {
    const problem = problemOfUrl(post.url, this.options.trustedHosts);
    if (problem !== undefined) return failed(`the URL ${problem}`);
    const deadline = AbortSignal.timeout(this.options.deadlineMs ?? WEBHOOK_DEADLINE_MS);
    try {
      const answer = await this.send(post, AbortSignal.any([deadline, this.stopping.signal]));
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return { kind: 'DELIVERED' };
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], nowMs);
      return { ...failed(`answered ${status}`), status, retryAfterMs };
    } catch (error) {
      if (this.stopping.signal.aborted) return { kind: 'NOT_TRIED' };
      return failed(deadline.aborted ? 'no answer in time' : reasonOf(error));
    }
  }

  /** Ends the tries under way and closes the connections. */
  close(): void {
    this.stopping.abort();
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private send({ url, headers, body }: Post, signal: AbortSignal): Promise<http.IncomingMessage> {
    const target = new URL(url);
    const [client, agent] =
      target.protocol === 'https:' ? [https, this.agents.https] : [http, this.agents.http];
    return new Promise((resolve, reject) => {
      const request = client.request(target, {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        lookup: this.isTrusted(target) ? this.lookUp(() => false) : this.lookUp(isForbiddenAddress),
        signal,
      });
      request.once('response', (answer) => {
        readOff(answer);
        resolve(answer);
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  private isTrusted(target: URL): boolean {
    return this.options.trustedHosts.includes(hostOf(target));
  }

  /** The look-up of one connection: what it says is all that the connection may go to. */
  private lookUp(isForbidden: (address: string) => boolean): LookupFunction {
    const checked = callbackify(async (host: string): Promise<[Address, ...Address[]]> => {
      const [first, ...more] = await (this.options.resolve ?? systemResolver)(host);
      if (first === undefined || [first, ...more].some(({ address }) => isForbidden(address)))
        throw new Error('the host is not a public one');
      return [first, ...more];
    });
    return (host, options, callback) =>
      checked(host, (error, addresses) => {
        if (error) callback(error, '', 0);
        else if (options.all === true) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      });
  }
}

/** So that its connection can be used again; one that talks too long loses it. */
function readOff(answer: http.IncomingMessage): void {
  let bytes = 0;
  answer.on('error', () => undefined);
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > WEBHOOK_ANSWER_BYTES_MAX) answer.destroy();
  });
}

function failed(error: string): Extract<TryOutcome, { kind: 'FAILED' }> {
  const cut = error.slice(0, WEBHOOK_ERROR_LENGTH_MAX);
  return { kind: 'FAILED', status: null, error: cut, retryAfterMs: null };
}

/** What a driver calls it; its sentence may name addresses of ours. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
