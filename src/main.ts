/**
 * Starts the service in its role: `api` answers, `worker` runs the jobs, `all` does both.
 *
 * SIGTERM drains: nothing new is taken, everything in hand is answered and committed, then exit 0. A
 * second signal ends at once; the journal keeps what was on its way. A fault that nobody caught ends the
 * process with 1, after what is in hand had a moment to be committed.
 */
import 'reflect-metadata';
import { ConfigError, readConfig, type Config } from './config/environment.js';
import { DRAIN_LINGER_MS, DRAIN_MS, FATAL_FLUSH_MS } from './config/limits.js';
import { openInstallation } from './installation.js';
import { createLog } from './logger.js';
import { startService, type Service } from './service.js';

const config = readConfigOrExit();
let isEnding = false;
const { logger: log, endSoon } = createLog(
  config.logLevel,
  {
    service: 'coupons',
    role: config.role,
  },
  config.guard.key,
);
let service: Service | undefined;
// The GraphQL executor may leave a promise behind whose request is answered already, and a caller could
// provoke that: nothing is half done by it, and it must not end what others have in hand.
process.on('unhandledRejection', (err) => log.error({ err }, 'a rejection that nobody handled'));
process.on('uncaughtException', (err) => {
  log.fatal({ err }, 'a fault that nobody caught; the process ends');
  endSoon();
  if (isEnding) process.exit(1);
  isEnding = true;
  setTimeout(() => process.exit(1), FATAL_FLUSH_MS);
  void flushAndExit();
});
await start();

async function start(): Promise<void> {
  const installation = await openInstallation(config, (line) => log.info(line));
  service = await startService({ config, installation, log }).catch(async (error: unknown) => {
    await installation.close();
    throw error;
  });

  async function drain(signal: string): Promise<void> {
    if (isEnding) process.exit(1);
    isEnding = true;
    endSoon();
    log.info({ signal }, 'draining');
    setTimeout(() => process.exit(1), DRAIN_MS + 1_500).unref();
    await service!.stop(config.role === 'worker' ? 0 : DRAIN_LINGER_MS);
    await installation.close();
    log.info('stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drain(signal));
  log.info({ port: service.port, host: config.http.host }, 'ready');
}

async function flushAndExit(): Promise<never> {
  try {
    await service?.stop();
  } finally {
    process.exit(1);
  }
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}
