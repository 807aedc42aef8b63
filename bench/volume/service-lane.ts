/** The service on the stores it is given. */
import 'reflect-metadata';
import { readConfig } from '../../src/config/environment.js';
import { openInstallation } from '../../src/installation.js';
import { authenticateFor, composeApp, serve } from '../kit/serve.js';

const config = readConfig({ ...process.env, NODE_ENV: 'test' });
const installation = await openInstallation(config, () => undefined);
const app = composeApp(config, installation);
process.send!({ url: await serve(app, await authenticateFor(config)), pid: process.pid });
process.on('SIGTERM', () => {
  void app.committer.drain().then(() => process.exit(0));
});
