/**
 * Builds the service as a commit of this repository has it, from the repository's own history and with the
 * packages that are installed now: a version that really ran, not an imitation of it.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleService } from './bundle-service.js';

const run = promisify(execFile);
const GIT_MS = 30_000;

/** Whether the history goes back to it: in a shallow clone or an unpacked archive it does not. */
export async function hasVersion(commit: string): Promise<boolean> {
  try {
    await run('git', ['cat-file', '-e', `${commit}^{commit}`], { timeout: GIT_MS });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param folder its own; inside this checkout, so that the packages are found
 * @returns the file to run
 */
export async function buildVersion(commit: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'source.tar');
  const what = [commit, 'src', 'package.json', 'tsconfig.json'];
  await run('git', ['archive', '--output', archive, ...what], { timeout: GIT_MS });
  await run('tar', ['-xf', archive, '-C', folder], { timeout: GIT_MS });
  return bundleService(join(folder, 'src', 'main.ts'), join(folder, 'service'));
}
