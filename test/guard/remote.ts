/** A service beside ours, for the tests: it answers what it is told to, or not at all. */
import { createServer } from 'node:http';

export interface Remote {
  readonly url: string;
  /** What it was asked, in order. */
  readonly asked: Record<string, unknown>[];
  /** The next answers: an object for a 200, a number for that status, 'SILENT' for none. */
  answer: object | number | 'SILENT';
  close(): Promise<void>;
}

export async function startRemote(answer: Remote['answer']): Promise<Remote> {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      asked.push(JSON.parse(text) as Record<string, unknown>);
      if (remote.answer === 'SILENT') return;
      response.statusCode = typeof remote.answer === 'number' ? remote.answer : 200;
      response.end(JSON.stringify(remote.answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const remote: Remote = {
    url: `http://127.0.0.1:${port}/`,
    asked,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return remote;
}
