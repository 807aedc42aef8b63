/** Seals everything with the first of DATA_KEYS: exit 0 if all is, 1 with a list of what does not open. */
import 'reflect-metadata';
import { readConfig } from '../config/environment.js';
import { openInstallation } from '../installation.js';
import { rotateKeys } from '../upkeep/rotate-keys.js';

const installation = await openInstallation(readConfig(process.env), (line) =>
  process.stderr.write(`${line}\n`),
);
try {
  const { database, sealer } = installation;
  for (const { where, sealed, closed } of await rotateKeys({ database, sealer })) {
    for (const line of closed) process.stdout.write(`CLOSED ${line}\n`);
    if (closed.length > 0) process.exitCode = 1;
    const left = closed.length > 0 ? `, ${closed.length} do not open` : '';
    process.stdout.write(`${where}: ${sealed} sealed anew with ${sealer.currentKeyId}${left}\n`);
  }
} finally {
  await installation.close();
}
