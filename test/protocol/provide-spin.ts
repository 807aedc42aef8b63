/** Spin, the model checker. It needs a C compiler, which is not fetched. */
import { runCommand } from '../../src/storage/servers/run-command.js';
import { provideTool } from '../kit/provide-tool.js';

const VERSION_TIMEOUT_MS = 15_000;

/** A program that runs, by name or path. @throws Error that says what to install */
export async function provideSpin(cacheDir: string): Promise<string> {
  const compiler = await runCommand('cc', ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (!compiler.isOk)
    throw new Error('The model checker needs a C compiler. Install cc (gcc or clang).');
  const { program } = await provideTool(cacheDir, { name: 'spin', versionFlag: '-V' });
  return program;
}
