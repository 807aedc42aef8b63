/** GraphQL over HTTP with kept connections, as a gateway asks. Nothing is ever sent twice by itself. */
import { Agent, request } from 'undici';

export interface Reply<Data> {
  readonly data: Data | null | undefined;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { code?: string };
  }[];
}

/** No answer within the service's own deadline and a little: the client goes away. */
const PATIENCE_MS = 10_000;

const agent = new Agent({
  connections: 64,
  pipelining: 1,
  connect: { timeout: 2_000 },
  headersTimeout: PATIENCE_MS,
  bodyTimeout: PATIENCE_MS,
});

/** @throws where no whole answer came */
export async function ask<Data>(
  url: string,
  token: string,
  query: string,
  input: object,
): Promise<Reply<Data>> {
  const { body } = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return (await body.json()) as Reply<Data>;
}

export function closeConnections(): Promise<void> {
  return agent.destroy();
}
