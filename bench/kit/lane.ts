/** The processes that answer in a bench, and what they say to the one that asks. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Where a lane answers, and in which process. */
export interface Address {
  readonly url: string;
  readonly pid: number;
}

/** Options of Node, as `npm start` has them. */
export const AS_STARTED = ['--max-semi-space-size=64', '--use-largepages=silent'];

/** Starts a file, which answers with what it has for us once it is ready. */
export async function startLane(
  file: URL,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly child: ChildProcess; readonly ready: unknown }> {
  const child = fork(fileURLToPath(file), {
    execArgv: [...AS_STARTED, '--import', '@oxc-node/core/register'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  const gone = once(child, 'exit').then(() => {
    throw new Error(`${file.pathname} ended`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), gone])) as [unknown];
  gone.catch(() => undefined);
  return { child, ready };
}

export async function stopLane(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
