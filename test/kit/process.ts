/** The built service as a process of its own, so that it can be killed. `npm test` builds it first. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** kill -9, and gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  terminate(): Promise<number | null>;
}

const READY_WITHIN_MS = 30_000;

const running = new Set<ChildProcess>();

/** What a test left running because it failed before its end. */
export function killWhatIsLeft(): void {
  for (const child of running) child.kill('SIGKILL');
}

export async function startProcess(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  running.add(child);
  void gone.then(() => running.delete(child));
  const port = await readyPort(child);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    child,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    terminate: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

async function readyPort(child: ChildProcess): Promise<number> {
  const late = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      const entry = JSON.parse(line) as { msg: string; port?: number };
      if (entry.msg === 'ready') return entry.port!;
    }
  } finally {
    clearTimeout(late);
    child.stdout!.resume();
  }
  throw new Error('the service ended before it was ready');
}
