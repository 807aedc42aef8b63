/** Writes the SDL that composition reads to schema/coupons.graphql. With --check: fails if it differs. */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { emitSdl } from '../subgraph/emit-sdl.js';

const file = new URL('../../schema/coupons.graphql', import.meta.url);
const sdl = await emitSdl();
if (process.argv.includes('--check')) {
  if ((await readFile(file, 'utf8')) !== sdl) {
    process.stderr.write('schema/coupons.graphql is not what the code says: npm run schema:emit\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, sdl);
}
