/**
 * A TCP proxy before MySQL that can lose the answer to a COMMIT: the statement reaches the server, and
 * the link is cut before the reply. What a client makes of that is the difference between a promise and
 * a guess.
 */
import { connect, createServer, type Socket } from 'node:net';

/** A query of its own, or the end of a packet; `SET … READ COMMITTED` of a new connection is neither. */
const COMMITS = ['\u0003COMMIT', ';\nCOMMIT'];

function isCommit(chunk: Buffer): boolean {
  return COMMITS.some((end) => chunk.subarray(-end.length).equals(Buffer.from(end)));
}

export interface MysqlProxy {
  readonly url: string;
  /** The next `count` COMMITs are executed, and their answers lost. */
  loseCommitAnswers(count: number): void;
  /** While true nothing new is let through and every link is cut. */
  setDown(isDown: boolean): void;
  close(): Promise<void>;
}

export async function startMysqlProxy(mysqlUrl: string): Promise<MysqlProxy> {
  const target = new URL(mysqlUrl);
  const links = new Set<Socket>();
  let answersToLose = 0;
  let isDown = false;
  const server = createServer((client) => {
    if (isDown) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    let isAnswerLost = false;
    for (const socket of [client, upstream]) {
      links.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        links.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (answersToLose > 0 && isCommit(chunk)) {
        answersToLose -= 1;
        isAnswerLost = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (isAnswerLost) client.destroy();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(mysqlUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.toString(),
    loseCommitAnswers: (count) => {
      answersToLose = count;
    },
    setDown: (down) => {
      isDown = down;
      if (down) for (const socket of links) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of links) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
