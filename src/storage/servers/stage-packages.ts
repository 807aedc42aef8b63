import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Accept, findInRoot } from './binaries.js';
import type { ServerFlavour, ServerKind } from './examine-program.js';
import type { PackageSource } from './package-source.js';

/** Preferred first. The program of redis-server is in redis-tools, and the like for Valkey. */
const PACKAGES: Record<ServerKind, readonly (readonly string[])[]> = {
  mysql: [
    ['mariadb-server-core'],
    ['mysql-server-core'],
    ['mysql-server-core-8.4'],
    ['mysql-server-core-8.0'],
  ],
  redis: [
    ['redis-server', 'redis-tools'],
    ['valkey-server', 'valkey-tools'],
  ],
};

/** The second is for machines whose own list of packages is broken or has them from elsewhere. */
const BASELINES = ['machine', 'nothing'] as const;

export type Staged =
  | { readonly root: string; readonly flavour: ServerFlavour }
  | { readonly root: undefined; readonly problems: readonly string[] };

/** Unpacks, under `staging`, the first choice of packages that gives a program that runs. */
export async function stagePackages(
  kind: ServerKind,
  accept: Accept,
  source: PackageSource,
  staging: string,
): Promise<Staged> {
  const problems: string[] = [];
  for (const choice of PACKAGES[kind]) {
    for (const baseline of BASELINES) {
      const { names, output } = await source.resolve(choice, baseline);
      if (names === undefined) {
        problems.push(output);
        continue;
      }
      const folder = mkdtempSync(join(staging, `${kind}.`));
      const root = join(folder, 'root');
      mkdirSync(root);
      const downloaded = await source.download(names, folder);
      if (!downloaded.isOk) problems.push(downloaded.output);
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
        await source.unpack(join(folder, file), root);
      }
      const binary = await findInRoot(kind, root, accept);
      if (binary !== undefined) return { root, flavour: binary.flavour };
      problems.push(`!: ${choice.join(', ')}: unpacked, but it does not run here or is too old`);
    }
  }
  return { root: undefined, problems };
}
