/**
 * Spin, the model checker: the machine's own, or the distribution's package unpacked into the project's
 * cache, without root, as the database servers are. It needs a C compiler, which is not fetched.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withFileMutex } from '../../src/storage/servers/file-mutex.js';
import {
  distribution,
  hasPackageTools,
  openPackageSource,
} from '../../src/storage/servers/package-source.js';
import { runCommand } from '../../src/storage/servers/run-command.js';

const VERSION_TIMEOUT_MS = 15_000;
const FETCH_WAIT_MS = 300_000;

/** A program that runs, by name or path. @throws Error that says what to install */
export async function provideSpin(cacheDir: string): Promise<string> {
  if (!(await runs('cc', '--version'))) {
    throw new Error('The model checker needs a C compiler. Install cc (gcc or clang).');
  }
  if (await runs('spin', '-V')) return 'spin';
  const release = distribution();
  const advice = 'Install spin (Debian and Ubuntu: apt install spin).';
  if (release === undefined || !(await hasPackageTools())) {
    throw new Error(
      `There is no spin, and this machine has no apt-get to fetch it with. ${advice}`,
    );
  }
  const home = join(cacheDir, release, 'spin');
  const program = join(home, 'usr/bin/spin');
  if (await runs(program, '-V')) return program;
  mkdirSync(join(cacheDir, release), { recursive: true });
  const folder = join(cacheDir, release);
  const problem = await withFileMutex({ folder, waitMs: FETCH_WAIT_MS }, async () => {
    return existsSync(program) ? '' : fetch(folder, home);
  });
  if (await runs(program, '-V')) return program;
  throw new Error(`Spin could not be fetched. ${advice}\n${problem}`);
}

/** One rename puts the whole tree in place. @returns what the package tools said */
async function fetch(folder: string, home: string): Promise<string> {
  const staging = mkdtempSync(join(folder, 'spin-staging.'));
  try {
    const source = openPackageSource(join(staging, 'apt'));
    const refreshed = await source.refresh();
    const downloaded = await source.download(['spin'], staging);
    const root = join(staging, 'root');
    mkdirSync(root);
    for (const file of readdirSync(staging).filter((name) => name.endsWith('.deb'))) {
      await source.unpack(join(staging, file), root);
    }
    if (existsSync(join(root, 'usr/bin/spin'))) renameSync(root, home);
    return `${refreshed.output}\n${downloaded.output}`;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function runs(program: string, versionFlag: string): Promise<boolean> {
  return (await runCommand(program, [versionFlag], { timeoutMs: VERSION_TIMEOUT_MS })).isOk;
}
