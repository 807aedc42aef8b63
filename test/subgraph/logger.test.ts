/** Who reads the log cannot hold up who writes it. */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const WRITER = `
  const { createLog } = await import(${JSON.stringify(new URL('../../dist/logger.js', import.meta.url).href)});
  const log = createLog('info', {});
  for (let round = 0; round < 100; round += 1) {
    for (let i = 0; i < 1000; i += 1) log.logger.info({ i, text: 'x'.repeat(300) }, 'line');
    await new Promise(setImmediate);
  }
  process.stderr.write(JSON.stringify({ dropped: log.dropped(), rss: process.memoryUsage().rss }));
  log.endSoon();
  process.exit(0);
`;

describe('the log', () => {
  it('that nobody reads waits up to its bound and then drops lines, and the process goes on and ends', async () => {
    // A pipe of 64 kB to somebody who reads nothing.
    const line =
      '{ "$NODE" --input-type=module -e "$WRITER"; echo " code $?" >&2; } | exec sleep 60';
    const child = spawn('sh', ['-c', line], {
      env: { ...process.env, NODE: process.execPath, WRITER },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let told = '';
    for await (const chunk of child.stderr) {
      told += String(chunk);
      if (told.includes(' code ')) break;
    }
    process.kill(-child.pid!, 'SIGKILL');
    const [, text = '', code] = /(.*) code (\d+)/.exec(told)!;
    const { dropped, rss } = JSON.parse(text) as { dropped: number; rss: number };
    expect(code).toBe('0');
    expect(dropped).toBeGreaterThan(0);
    expect(rss).toBeLessThan(300 * 1024 * 1024);
  });
});
