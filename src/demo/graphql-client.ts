/** Typed documents over HTTP on kept connections: small, because it shares the machine with what it asks. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type DocumentNode } from 'graphql';
import { ROUTER_PROOF_HEADER, signForService } from '../subgraph/sign-for-service.js';

export interface Ask {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A URL; with the router's secret where the one behind it answers the router alone. */
export type Target = string | { readonly url: string; readonly routerSecret: string };

const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 512;
/** Who is sent away because the service is busy comes back when it says; so often, and then it is told. */
const SENT_AWAY_MAX = 30;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
const printed = new WeakMap<DocumentNode, string>();

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfter?: string };
  }[];
}

/** The data of the answer. @throws Error with what went wrong, if there is no data or it has errors */
export async function ask<Data, Variables>(
  target: Target,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { token, headers = {} }: Ask = {},
): Promise<Data> {
  const url = typeof target === 'string' ? target : target.url;
  const asked = { query: textOf(document), variables };
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const sent = { ...authorization, ...headers };
  for (let sentAway = 0; ; sentAway += 1) {
    const proof = proofOf(target, asked, sent);
    const text = await post(url, JSON.stringify(asked), { ...sent, ...proof });
    const { data, errors } = JSON.parse(text) as Answer<Data>;
    if (errors === undefined && data) return data;
    const backAt = errors?.find(({ extensions }) => extensions?.code === 'OVERLOADED')?.extensions
      ?.retryAfter;
    if (backAt === undefined || sentAway >= SENT_AWAY_MAX) {
      const why = errors?.map(({ message }) => message).join('; ') ?? text;
      throw new Error(`${url} answered: ${why}`);
    }
    await sleep(Math.max(0, Date.parse(backAt) - Date.now()));
  }
}

function proofOf(
  target: Target,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (typeof target === 'string') return {};
  const { authorization, 'x-forwarded-for': forwardedFor } = headers;
  const request = { authorization, forwardedFor, body };
  return { [ROUTER_PROOF_HEADER]: signForService(target.routerSecret, request, Date.now()) };
}

function textOf(document: DocumentNode): string {
  const known = printed.get(document);
  if (known !== undefined) return known;
  const text = print(document);
  printed.set(document, text);
  return text;
}

function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        timeout: REQUEST_TIMEOUT_MS,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (text += part));
        incoming.on('end', () => resolve(text));
        incoming.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} did not answer`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
