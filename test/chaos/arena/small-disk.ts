/** Puts a store's data on a small disk of its own (tmpfs), so that it can be filled. Needs root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreServer } from './store-server.js';

export interface SmallDisk {
  /** Nothing more can be written. */
  fill(): void;
  /** There is room again. */
  free(): void;
  /** The store is down afterwards, its data where it was before. */
  remove(): Promise<void>;
}

export const isRoot = process.getuid?.() === 0;

/** @param sizeMb of the disk; the store's data must fit into half of it */
export async function putOnSmallDisk(store: StoreServer, sizeMb: number): Promise<SmallDisk> {
  await store.stop();
  const { dataDir } = store;
  const before = `${dataDir}-before-the-small-disk`;
  const filler = join(dataDir, 'filler');
  renameSync(dataDir, before);
  mkdirSync(dataDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', dataDir]);
  execFileSync('cp', ['-a', `${before}/.`, dataDir]);
  await store.start();
  return {
    fill: () => {
      const { bavail, bsize } = statfsSync(dataDir);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      } catch (error) {
        // Somebody else wrote meanwhile: full is full.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove: async () => {
      rmSync(filler, { force: true });
      await store.stop();
      rmSync(before, { recursive: true, force: true });
      execFileSync('cp', ['-a', dataDir, before]);
      execFileSync('umount', [dataDir]);
      rmSync(dataDir, { recursive: true });
      renameSync(before, dataDir);
    },
  };
}
