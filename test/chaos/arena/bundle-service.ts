/**
 * Puts the built service and its packages into one file. It is the same code; a process of it starts in less
 * than half of the time, and a storm of hundreds of kills is hundreds of starts.
 *
 * Files of ours keep their own address, because they read the Lua scripts beside them.
 */
import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/** @returns the file to run */
export async function bundleService(dist: string, folder: string): Promise<string> {
  const root = resolve(dist);
  const main = join(root, 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
  const bundle = await rolldown({
    input: main,
    platform: 'node',
    logLevel: 'silent',
    // graphql has two entries; loaded by both it would be two libraries that do not know each other.
    resolve: { alias: { graphql: fileURLToPath(import.meta.resolve('graphql/index.js')) } },
    plugins: [
      {
        name: 'own-address',
        transform: (code, id) =>
          id.startsWith(root + sep)
            ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
            : undefined,
      },
    ],
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'main.mjs' });
  await bundle.close();
  return join(folder, 'main.mjs');
}
