/**
 * Brings server programs where the machine has none: the distribution's own packages, downloaded
 * and unpacked into a folder of the project, once, without root and without touching the system.
 *
 * Nothing half done is ever found: all work happens in a staging folder, each program is asked its
 * version there, and only then one rename puts its tree in place. One process fetches at a time.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Accept, findInRoot } from './binaries.js';
import { FLAVOURS, type ServerBinary, type ServerKind } from './examine-program.js';
import { withFileMutex } from './file-mutex.js';
import { distribution, hasPackageTools, openPackageSource } from './package-source.js';
import { stagePackages } from './stage-packages.js';

const FETCH_WAIT_MS = 900_000;
const COMPLAINTS_SHOWN = 8;

export interface FetchOptions {
  readonly cacheDir: string;
  readonly progress: (line: string) => void;
}

export class CannotFetch extends Error {}

/** The programs of these kinds, from the cache or fetched into it. Throws CannotFetch with the reason. */
export async function fetchBinaries(
  wanted: ReadonlyMap<ServerKind, Accept>,
  { cacheDir, progress }: FetchOptions,
): Promise<Map<ServerKind, ServerBinary>> {
  const release = distribution();
  if (release === undefined) throw new CannotFetch('this machine is neither Debian nor Ubuntu');
  const home = join(cacheDir, release);
  const cached = await findCached(wanted, home);
  if (cached.size === wanted.size) return cached;
  if (!(await hasPackageTools())) throw new CannotFetch('this machine has no apt-get or dpkg-deb');
  const onWait = (): void =>
    progress('another process is fetching the database servers; waiting for it');
  mkdirSync(home, { recursive: true });
  return withFileMutex({ folder: home, waitMs: FETCH_WAIT_MS, onWait }, async () => {
    const found = await findCached(wanted, home);
    const missing = [...wanted].filter(([kind]) => !found.has(kind));
    if (missing.length > 0) {
      for (const [kind, binary] of await fetchInto(home, release, new Map(missing), progress))
        found.set(kind, binary);
    }
    return found;
  });
}

async function findCached(
  wanted: ReadonlyMap<ServerKind, Accept>,
  home: string,
): Promise<Map<ServerKind, ServerBinary>> {
  const found = new Map<ServerKind, ServerBinary>();
  for (const [kind, accept] of wanted) {
    for (const flavour of FLAVOURS[kind].filter(accept)) {
      const binary = await findInRoot(kind, join(home, flavour), accept);
      if (binary !== undefined && !found.has(kind)) found.set(kind, binary);
    }
  }
  return found;
}

async function fetchInto(
  home: string,
  release: string,
  wanted: ReadonlyMap<ServerKind, Accept>,
  progress: (line: string) => void,
): Promise<Map<ServerKind, ServerBinary>> {
  const startedAt = Date.now();
  const what = [...wanted.keys()].map((kind) =>
    kind === 'mysql' ? 'a MySQL-compatible server' : 'a Redis server',
  );
  progress(`fetching ${what.join(' and ')} from the packages of ${release}, once, into ${home}`);
  // A killed fetch leaves its staging folder; we have the mutex, so nobody else is using one.
  for (const name of readdirSync(home)) {
    if (name.startsWith('staging.')) rmSync(join(home, name), { recursive: true, force: true });
  }
  const staging = mkdtempSync(join(home, 'staging.'));
  try {
    const source = openPackageSource(join(staging, 'apt'));
    // Even a failed refresh may have brought the list we need: one source of many may be down.
    const { output } = await source.refresh();
    for (const [kind, accept] of wanted) {
      const staged = await stagePackages(kind, accept, source, staging);
      if (staged.root === undefined) {
        const reasons = complaints([output, ...staged.problems]);
        throw new CannotFetch(`the packages could not be fetched.\n${reasons}`);
      }
      // What was there, if anything, does not run, or we would not be fetching.
      rmSync(join(home, staged.flavour), { recursive: true, force: true });
      renameSync(staged.root, join(home, staged.flavour));
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  progress(`fetched ${what.join(' and ')} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return findCached(wanted, home);
}

/** The lines that say what went wrong, each once: the package tools say a lot more. */
function complaints(outputs: readonly string[]): string {
  const lines = outputs
    .join('\n')
    .split('\n')
    .filter((line) => /^(E|W|Err|!):/.test(line));
  return [...new Set(lines)].slice(0, COMPLAINTS_SHOWN).join('\n');
}
