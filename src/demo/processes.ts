/**
 * The child processes of the demo. Each has a process group of its own, so that Ctrl-C reaches only the
 * demo, which stops them in order; and each ends by itself if the demo is killed.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Launched {
  readonly child: ChildProcess;
  /** When it has ended; with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  /** One line of its standard output. */
  readonly onLine: (line: string) => void;
  /** One line of its standard error; without it they are the demo's own. */
  readonly onErrorLine?: (line: string) => void;
}

const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href;
const STOP_PATIENCE_MS = 12_000;

/** Starts a compiled module of this project; `path` is relative to dist. */
export function launch(path: string, options: LaunchOptions): Launched {
  const { args = [], env = {}, execArgv = [], onLine, onErrorLine } = options;
  const child = fork(fileURLToPath(new URL(`../${path}`, import.meta.url)), args, {
    detached: true,
    env: { ...process.env, ...env },
    execArgv: ['--enable-source-maps', '--import', END_WITH_PARENT, ...execArgv],
    stdio: ['ignore', 'pipe', onErrorLine ? 'pipe' : 'inherit', 'ipc'],
  });
  createInterface({ input: child.stdout! }).on('line', onLine);
  if (onErrorLine) createInterface({ input: child.stderr! }).on('line', onErrorLine);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    ended,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(patience);
    },
  };
}

/** Rejects when the child ends; to be raced with what is expected of it. */
export async function endedEarly(name: string, { ended }: Launched): Promise<never> {
  throw new Error(`${name} ended with status ${String(await ended)} before it was ready`);
}

/** `preferred`, or any free port where that one is taken. */
export async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer();
    const found = await new Promise<number | null>((resolve) => {
      server.once('error', () => resolve(null));
      server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    server.close();
    if (found !== null) return found;
  }
  throw new Error('no port is free');
}
