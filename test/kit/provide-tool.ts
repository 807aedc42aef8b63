/**
 * A program of the distribution: the machine's own, or the package unpacked into the project's cache,
 * without root, as the database servers are.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withFileMutex } from '../../src/storage/servers/file-mutex.js';
import {
  distribution,
  hasPackageTools,
  openPackageSource,
} from '../../src/storage/servers/package-source.js';
import { runCommand } from '../../src/storage/servers/run-command.js';

export interface Tool {
  /** Of the program, and of its package. */
  readonly name: string;
  /** Makes it say its name and version. Some end with 1 after that. */
  readonly versionFlag: string;
  /** The package, and those of its libraries that a machine may not have. */
  readonly packages?: readonly string[];
}

/** How to start it. */
export interface Provided {
  /** A name or a path. */
  readonly program: string;
  /** Where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

const VERSION_TIMEOUT_MS = 15_000;
const FETCH_WAIT_MS = 300_000;

/** @throws Error that says what to install */
export async function provideTool(
  cacheDir: string,
  { name, versionFlag, packages = [name] }: Tool,
): Promise<Provided> {
  const own = { program: name, env: {} };
  if (await runs(own, versionFlag)) return own;
  const release = distribution();
  const advice = `Install ${name} (Debian and Ubuntu: apt install ${packages.join(' ')}).`;
  if (release === undefined || !(await hasPackageTools())) {
    throw new Error(
      `There is no ${name}, and this machine has no apt-get to fetch it with. ${advice}`,
    );
  }
  const folder = join(cacheDir, release);
  const home = join(folder, name);
  const fetched = {
    program: join(home, 'usr/bin', name),
    env: { LD_LIBRARY_PATH: libraryFolders(home).join(':') },
  };
  if (await runs(fetched, versionFlag)) return fetched;
  mkdirSync(folder, { recursive: true });
  const problem = await withFileMutex({ folder, waitMs: FETCH_WAIT_MS }, async () =>
    existsSync(fetched.program) ? '' : fetch(home, packages),
  );
  if (await runs(fetched, versionFlag)) return fetched;
  throw new Error(`${name} could not be fetched. ${advice}\n${problem}`);
}

/** One rename puts the whole tree in place. @returns what the package tools said */
async function fetch(home: string, packages: readonly string[]): Promise<string> {
  const staging = mkdtempSync(`${home}-staging.`);
  try {
    const source = openPackageSource(join(staging, 'apt'));
    const refreshed = await source.refresh();
    const downloaded = await source.download([...packages], staging);
    const root = join(staging, 'root');
    mkdirSync(root);
    for (const file of readdirSync(staging).filter((entry) => entry.endsWith('.deb'))) {
      await source.unpack(join(staging, file), root);
    }
    if (existsSync(join(root, 'usr/bin'))) renameSync(root, home);
    return `${refreshed.output}\n${downloaded.output}`;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function runs({ program, env }: Provided, versionFlag: string): Promise<boolean> {
  const ran = await runCommand(program, [versionFlag], { env, timeoutMs: VERSION_TIMEOUT_MS });
  return ran.isOk || new RegExp(`^${basename(program)} .*\\d`, 'm').test(ran.output);
}

/** Debian keeps libraries by machine. */
function libraryFolders(home: string): string[] {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch;
  return [join(home, 'usr/lib', `${machine}-linux-gnu`), join(home, 'usr/lib')];
}
