/**
 * A TCP proxy before one store that does to a link what networks do. Bytes keep their order, and what a black
 * hole swallowed arrives when it is healed, as TCP sends it again: a statement whose client has long gone away
 * is executed then.
 */
import { connect, createServer, type Socket } from 'node:net';
import { Lane } from './proxy-lane.js';

export type Toxic =
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  /** Bytes come in small pieces. */
  | { readonly kind: 'drip'; readonly bytesPerS: number }
  /** A request arrives, and the link is cut before its reply; each with this chance. */
  | { readonly kind: 'cut-after-request'; readonly chance: number }
  /** Half of a reply arrives. */
  | { readonly kind: 'cut-mid-reply'; readonly chance: number }
  /** Nothing arrives anywhere, and nobody is told. */
  | { readonly kind: 'black-hole' }
  /** Requests arrive, replies do not. */
  | { readonly kind: 'half-open' }
  /** Links are cut, new ones refused. */
  | { readonly kind: 'down' };

export interface TcpProxy {
  /** The URL it was made for, with the proxy's own port. */
  readonly url: string;
  /** Of this moment on, for old links and new ones; undefined heals. */
  poison(toxic?: Toxic): void;
  /** Cuts all links; new ones go to that server. */
  aim(url: string): void;
  close(): void;
}

/** @param chance 0 ≤ x < 1 */
export async function startTcpProxy(url: string, chance: () => number): Promise<TcpProxy> {
  let target = new URL(url);
  const links = new Set<Link>();
  let toxic: Toxic | undefined;
  const server = createServer((client) => {
    if (toxic?.kind === 'down') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const link = makeLink(client, upstream, { toxic: () => toxic, chance });
    links.add(link);
    link.onGone(() => links.delete(link));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const own = new URL(url);
  own.port = String((server.address() as { port: number }).port);
  const cutAll = () => {
    for (const link of links) link.cut();
  };
  return {
    url: own.toString(),
    poison: (next) => {
      toxic = next;
      if (next?.kind === 'down') cutAll();
      else for (const link of links) link.poke();
    },
    aim: (next) => {
      target = new URL(next);
      cutAll();
    },
    close: () => {
      cutAll();
      server.close();
    },
  };
}

interface Link {
  /** Something has changed: bytes that were held may go on. */
  poke(): void;
  cut(): void;
  onGone(told: () => void): void;
}

interface LinkParts {
  readonly toxic: () => Toxic | undefined;
  readonly chance: () => number;
}

function makeLink(client: Socket, upstream: Socket, { toxic, chance }: LinkParts): Link {
  const isHit = (kind: 'cut-after-request' | 'cut-mid-reply') => {
    const now = toxic();
    return now?.kind === kind && chance() < now.chance;
  };
  const up = new Lane(client, upstream, {
    toxic,
    isHeld: () => toxic()?.kind === 'black-hole',
    before: () => 'pass',
    // The request is on its way, and nobody will hear the reply.
    after: () => {
      if (isHit('cut-after-request')) client.destroy();
    },
  });
  const down = new Lane(upstream, client, {
    toxic,
    isHeld: () => ['black-hole', 'half-open'].includes(toxic()?.kind ?? ''),
    before: () => (isHit('cut-mid-reply') ? 'half' : 'pass'),
    after: () => undefined,
  });
  return {
    poke: () => {
      up.poke();
      down.poke();
    },
    cut: () => {
      client.destroy();
      upstream.destroy();
    },
    onGone: (told) => {
      let open = 2;
      for (const socket of [client, upstream])
        socket.once('close', () => {
          open -= 1;
          if (open === 0) told();
        });
    },
  };
}
