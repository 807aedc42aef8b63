/**
 * The distribution's package tools, turned away from the system.
 *
 * They read the machine's own sources, keys, proxies and certificates, and write only into one
 * private folder; no root is needed, and nothing gets installed. The system's hooks are cleared,
 * because a hook would run on the system's behalf (refresh a cache, empty a folder).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, runCommand } from './run-command.js';

const APT_TIMEOUT_MS = 300_000;
const SYSTEM_STATUS = '/var/lib/dpkg/status';

/** What the machine already has counts as there, or nothing does (where its own records are broken). */
export type Baseline = 'machine' | 'nothing';

export interface PackageSource {
  refresh(): Promise<CommandResult>;
  /** These packages and every library they need beyond the baseline; undefined where that is impossible. */
  resolve(
    names: readonly string[],
    baseline: Baseline,
  ): Promise<{ names?: string[]; output: string }>;
  /** Downloads into a folder that exists. */
  download(names: readonly string[], folder: string): Promise<CommandResult>;
  unpack(file: string, root: string): Promise<CommandResult>;
}

export function openPackageSource(folder: string): PackageSource {
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'log']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const emptyStatus = join(folder, 'status');
  writeFileSync(emptyStatus, '');
  const config = join(folder, 'apt.conf');
  writeFileSync(config, aptConfig(folder));
  const apt = (args: readonly string[], cwd = folder): Promise<CommandResult> =>
    // The file is given by -c, not by APT_CONFIG, which would be read before the system's own and lose to it.
    runCommand('apt-get', ['-q', '-c', config, ...args], { cwd, timeoutMs: APT_TIMEOUT_MS });

  return {
    refresh: () => apt(['update']),
    async resolve(names, baseline) {
      const status = baseline === 'machine' ? SYSTEM_STATUS : emptyStatus;
      const { isOk, output } = await apt([
        '-o',
        `Dir::State::status=${status}`,
        'install',
        '--simulate',
        '--reinstall',
        '--no-install-recommends',
        ...names,
      ]);
      if (!isOk) return { output };
      const needed = [...output.matchAll(/^Inst (\S+)/gm)]
        .map((match) => match[1] ?? '')
        .filter(isLibrary);
      return { names: [...new Set([...names, ...needed])], output };
    },
    download: (names, into) =>
      apt(['-o', `Dir::State::status=${emptyStatus}`, 'download', ...names], into),
    unpack: (file, root) =>
      runCommand('dpkg-deb', ['-x', file, root], { timeoutMs: APT_TIMEOUT_MS }),
  };
}

/** The name of this release and architecture, or undefined where there are no such packages. */
export function distribution(): string | undefined {
  const { ID = '', ID_LIKE = '', VERSION_ID, VERSION_CODENAME = 'rolling' } = osRelease();
  const family = [ID, ...ID_LIKE.split(' ')];
  if (!family.includes('debian') && !family.includes('ubuntu')) return undefined;
  return `${ID}-${VERSION_ID ?? VERSION_CODENAME}-${process.arch}`;
}

export async function hasPackageTools(): Promise<boolean> {
  const timeoutMs = APT_TIMEOUT_MS;
  const apt = await runCommand('apt-get', ['--version'], { timeoutMs });
  const dpkg = await runCommand('dpkg-deb', ['--version'], { timeoutMs });
  return apt.isOk && dpkg.isOk;
}

/** Programs and settings that a server package pulls in are of no use to it here; the C library must be the machine's. */
function isLibrary(name: string): boolean {
  return /^(lib|zlib)/.test(name) && !/^libc6\b/.test(name);
}

function aptConfig(folder: string): string {
  return [
    '#clear APT::Update;',
    '#clear AptCli;',
    '#clear DPkg;',
    `Dir::State "${folder}/state/";`,
    `Dir::Cache "${folder}/cache/";`,
    `Dir::Log "${folder}/log/";`,
    'Dir::Cache::pkgcache "pkgcache.bin";',
    // As root it would drop to a user who may not be able to enter this folder.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    'Debug::NoLocking "1";',
    '',
  ].join('\n');
}

function osRelease(): Partial<Record<string, string>> {
  try {
    const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm);
    return Object.fromEntries([...lines].map((match) => [match[1] ?? '', match[2] ?? '']));
  } catch {
    return {};
  }
}
