/**
 * Starts the service in its role: `api` answers, `worker` runs the jobs, `all` does both.
 *
 * SIGTERM drains: nothing new is taken, everything in hand is answered and committed, then exit 0. A
 * second signal ends at once; the journal keeps what was on its way.
 */
import 'reflect-metadata';
import { pino } from 'pino';
import { ConfigError, readConfig, type Config } from './config/environment.js';
import { DRAIN_MS } from './config/limits.js';
import { openInstallation } from './installation.js';
import { startService } from './service.js';

const config = readConfigOrExit();
const log = pino({ level: config.logLevel, base: { service: 'coupons', role: config.role } });
process.on('uncaughtException', (err) => {
  log.fatal({ err }, 'uncaught exception');
  process.exit(1);
});
await start();

async function start(): Promise<void> {
  const installation = await openInstallation(config, (line) => log.info(line));
  const service = await startService({ config, installation, log }).catch(
    async (error: unknown) => {
      await installation.close();
      throw error;
    },
  );
  log.info({ port: service.port, host: config.http.host }, 'ready');
  let isDraining = false;

  async function drain(signal: string): Promise<void> {
    if (isDraining) process.exit(1);
    isDraining = true;
    log.info({ signal }, 'draining');
    setTimeout(() => process.exit(1), DRAIN_MS + 1_500).unref();
    await service.stop();
    await installation.close();
    log.info('stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drain(signal));
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
