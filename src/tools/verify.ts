/** Proves the invariants of an installation: exit 0 if all hold, 1 with a list of what is broken. */
import 'reflect-metadata';
import { readConfig } from '../config/environment.js';
import { openInstallation } from '../installation.js';
import { systemClock } from '../kernel/clock.js';
import { verify } from '../upkeep/verify.js';

const installation = await openInstallation(readConfig(process.env), (line) =>
  process.stderr.write(`${line}\n`),
);
try {
  const database = await installation.readPatiently();
  const { redis } = installation;
  const verdict = await verify({ database, redis, clock: systemClock });
  await database.close();
  for (const line of verdict.violations) process.stdout.write(`BROKEN ${line}\n`);
  const end = verdict.ok ? 'all hold' : `${verdict.violations.length} violations`;
  process.stdout.write(`${verdict.checks} invariants checked: ${end}\n`);
  process.exitCode = verdict.ok ? 0 : 1;
} finally {
  await installation.close();
}
