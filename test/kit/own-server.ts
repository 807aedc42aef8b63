/** A server that one test starts for itself, kills as it likes, and that never outlives the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { ServerBinary } from '../../src/storage/servers/examine-program.js';

/** The shell ends the server when this process is gone, however it went: its input ends with us. */
const UNTIL_WE_ARE_GONE =
  'exec 3<&0; "$@" </dev/null >/dev/null 2>&1 & read -r line <&3; kill -9 $! 2>/dev/null; wait';

export function spawnServer({ path, env }: ServerBinary, args: readonly string[]): ChildProcess {
  const shell = spawn('sh', ['-c', UNTIL_WE_ARE_GONE, 'sh', path, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.stdin.on('error', () => undefined);
  return shell;
}

/** kill -9, and gone. */
export async function endServer(shell: ChildProcess | undefined): Promise<void> {
  if (shell === undefined || shell.exitCode !== null) return;
  const gone = new Promise((resolve) => shell.once('exit', resolve));
  shell.stdin!.end('\n');
  await gone;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer();
    listener.once('error', reject);
    listener.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const { port } = listener.address() as { port: number };
      listener.close(() => resolve(port));
    });
  });
}
