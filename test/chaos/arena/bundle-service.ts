/**
 * Puts a service and its packages into one file. It is the same code; a process of it starts in less
 * than half of the time, and a storm of hundreds of kills is hundreds of starts.
 *
 * Files of ours keep their own address, because they read the Lua scripts beside them.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * @param main the service's first file, built or in TypeScript
 * @returns the file to run
 */
export async function bundleService(main: string, folder: string): Promise<string> {
  const input = resolve(main);
  const root = dirname(input);
  if (!existsSync(input)) throw new Error(`${input} is not there: npm run build`);
  const bundle = await rolldown({
    input,
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
