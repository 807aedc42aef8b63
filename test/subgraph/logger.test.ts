/** Who reads the log cannot hold up who writes it, and learns no secret from it. */
import { spawn } from 'node:child_process';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logOptions } from '../../src/logger.js';

const WRITER = `
  const { createLog } = await import(${JSON.stringify(new URL('../../dist/logger.js', import.meta.url).href)});
  const log = createLog('info', {}, 'a key');
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

  it('masks every line whole: what is bound to it, its error, its fields and its text', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const log = pino(logOptions('info', 'a key'), { write });
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const err = Object.assign(new Error(`refused ${secret}`), { sql: secret });
    log.child({ token: secret }).info('bound');
    log.error(err);
    log.warn({ err, failure: err }, `with ${secret}`);
    log.info({ secret: { deep: secret } }, 'said %s', secret);
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).not.toContain(secret);
      expect(line.endsWith('}\n')).toBe(true);
      expect(JSON.parse(line)).toMatchObject({
        level: expect.any(Number),
        time: expect.any(Number),
      });
    }
    expect(JSON.parse(lines[1]!)).toMatchObject({
      msg: 'refused [hidden]',
      err: { type: 'Error' },
    });
  });
});
