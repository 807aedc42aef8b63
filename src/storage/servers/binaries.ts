/**
 * Finds the server programs: in PATH, in the usual folders, or in a fetched root. What is found but
 * cannot serve us is passed over as if it were not there.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type ServerBinary,
  type ServerFlavour,
  type ServerKind,
  examineProgram,
} from './examine-program.js';

const NAMES: Record<ServerKind, readonly string[]> = {
  mysql: ['mysqld', 'mariadbd'],
  redis: ['redis-server', 'valkey-server'],
};

/** Servers live in sbin and libexec, which an ordinary user's PATH lacks; the rest are tarballs and Homebrew. */
const USUAL_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];

export type Accept = (flavour: ServerFlavour) => boolean;

export async function findInstalled(
  kind: ServerKind,
  accept: Accept,
): Promise<ServerBinary | undefined> {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'));
  return firstUsable(kind, [...new Set([...path, ...USUAL_FOLDERS])], {}, accept);
}

/** `root` is an unpacked tree of packages, whose libraries are put before the machine's own. */
export async function findInRoot(
  kind: ServerKind,
  root: string,
  accept: Accept,
): Promise<ServerBinary | undefined> {
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => libraryFolders(join(root, folder)));
  const inherited = process.env['LD_LIBRARY_PATH'];
  const env = { LD_LIBRARY_PATH: [...libraries, ...(inherited ? [inherited] : [])].join(':') };
  return firstUsable(kind, [join(root, 'usr/sbin'), join(root, 'usr/bin')], env, accept);
}

async function firstUsable(
  kind: ServerKind,
  folders: readonly string[],
  env: Record<string, string>,
  accept: Accept,
): Promise<ServerBinary | undefined> {
  for (const name of NAMES[kind]) {
    for (const folder of folders) {
      const binary = await examineProgram(kind, join(folder, name), env);
      if (binary !== undefined && accept(binary.flavour)) return binary;
    }
  }
  return undefined;
}

/** Debian's libraries are in a folder named after the machine, as x86_64-linux-gnu. */
function libraryFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [
    ...readdirSync(folder)
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => join(folder, name)),
    folder,
  ];
}
