/** A small JSON service on a free port of this machine: POST in, 200 with JSON out. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

export interface JsonService {
  readonly url: string;
  stop(): Promise<void>;
}

export async function serveJson(
  answer: (question: unknown, path: string) => object,
  port = 0,
): Promise<JsonService> {
  const server = createServer((request, response) => {
    void json(request)
      .then((question) => response.end(JSON.stringify(answer(question, request.url ?? '/'))))
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${taken}/`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
