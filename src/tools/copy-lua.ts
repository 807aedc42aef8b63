/** The compiler leaves Lua files behind; this puts them beside their compiled readers. */
import { cpSync, globSync } from 'node:fs';

const source = new URL('../../src/', import.meta.url);
const target = new URL('../', import.meta.url);
for (const file of globSync('**/*.lua', { cwd: source })) {
  cpSync(new URL(file, source), new URL(file, target));
}
