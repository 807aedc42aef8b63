/** Runs a program and everything it starts as one group, which ends with it, with its time, or with us. */
import { spawn } from 'node:child_process';

export interface Ended {
  /** null: it was ended from outside. */
  readonly code: number | null;
  readonly isLate: boolean;
  /** The end of what it printed. */
  readonly output: string;
}

const OUTPUT_MAX = 20_000;
const groups = new Set<number>();

export function runGroup(
  command: readonly string[],
  cwd: string,
  deadlineMs: number,
): Promise<Ended> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) groups.add(child.pid);
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + String(chunk)).slice(-OUTPUT_MAX));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(child.pid);
    }, deadlineMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      endGroup(child.pid);
      resolve({ code, isLate, output });
    });
  });
}

export function endAllGroups(): void {
  for (const pid of groups) endGroup(pid);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || !groups.delete(pid)) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
